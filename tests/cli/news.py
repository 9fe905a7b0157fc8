"""Articles on the group that are of no common story: other words, other days, other places."""

NEWS = {
    "monday": (
        "Contact group on Monday",
        "Ukraine's contact group spoke on Monday about drones built in small workshops near Riga. Three hundred of "
        "them left the harbour by lorry before dawn, said a clerk who counted crates and signed for each. ",
    ),
    "tuesday": (
        "Contact group on Tuesday: winter coats",
        "Tailors in Porto have sewn nine thousand winter coats, which a donor hands to the contact group for soldiers "
        "of Ukraine; buttons alone weigh two tonnes, and the thread would reach from Lisbon to Warsaw. ",
    ),
    "sunday": (
        "Contact group on Sunday visits a bakery",
        "A field bakery that feeds four battalions opened its ovens on Sunday to envoys of the contact group. Rye flour "
        "comes from Denmark, yeast from a brewery in Brno, and the baker from Kharkiv hums while he kneads. ",
    ),
    "friday": (
        "Contact group on Friday counts bridges",
        "Engineers showed the contact group on Friday how a pontoon bridge is laid across the Siverskyi Donets within "
        "forty minutes; five such bridges, paid by Oslo and Ottawa, wait in a depot whose address nobody gives. ",
    ),
}


def news(*slugs):
    """Items for ``Outlet.publish``."""
    return [(slug, *NEWS[slug]) for slug in slugs]
