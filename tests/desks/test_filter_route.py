"""A saved filter decides what goes to an alert: looked up with each hit, so nobody has to start anything anew."""

from installation import SMALL
from world import GROUP

EXTRA = '  - {{name: air, url: "{url}&name=air", topics: [ramstein], filter: Air defence, notices: no}}\n'


def went(app):
    """The headlines that go to the alert with the filter, those that wait for their story's window among them."""
    return [view.title for view in reversed(app.review.alerts.deliveries(alert="air"))]


def test_a_filter_counts_as_soon_as_it_is_saved_and_without_it_nothing_is_missed(desk, outlet):
    outlet.publish(("first", "Contact group meets", GROUP))
    with desk.write(outlet.feed, extra=EXTRA.format(url=desk.smtp.url), topic=SMALL).app() as app:
        app.round()
        assert went(app) == ["Contact group meets"]
        (told,) = [notice for notice in app.review.notices() if notice.kind == "filter"]
        assert (told.subject, told.state) == ("Air defence", "unsaved")
        assert "so air gets everything that its other rules let pass" in told.words
        assert any("The filter Air defence is not saved" in chat["text"] for chat in desk.chats)

        app.review.filters.save("Air defence", "q=patriot&state=new&since=1h", "", app._now())
        outlet.publish(
            ("plain", "Contact group of ministers talks of ships", f"{GROUP} Ships were promised by two countries."),
            ("air", "Contact group promises Patriot batteries", f"{GROUP} Six Patriot batteries go to Kharkiv."),
        )
        app.round(everything=True)
        assert went(app) == ["Contact group meets", "Contact group promises Patriot batteries"]
        assert [notice.state for notice in app.review.notices() if notice.kind == "filter"] == ["ok", "unsaved"]
        assert len([view for view in app.review.alerts.deliveries(alert="chat") if view.kind == "hit"]) == 3
