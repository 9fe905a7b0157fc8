"""stub"""
def marks_of(title, text, language, when):
    return ()
