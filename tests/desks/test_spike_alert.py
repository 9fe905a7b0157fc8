"""A spike on a real installation: one alert, through quiet hours, to the channels that want its topic and language."""

from hourly import END, Hourly
from installation import SMALL


def test_a_spike_is_one_alert_that_breaks_through_quiet_hours(desk, clock):
    extra = f'  - {{name: polish, url: "{desk.smtp.url}&name=polish", topics: [ramstein], languages: [pl]}}\n'
    desk.write("http://127.0.0.1:9/feed", extra=extra, more="defaults: {alerts: {quiet: '00:00-23:59'}}\n", topic=SMALL)
    assert clock.forward(minutes=10).replace(minute=0) == END
    with desk.app(now=clock) as app:
        hourly = Hourly(app.review._database)
        hourly.quiet()
        hourly.burst(12)
        assert [notice.state for notice in app.spikes()] == ["spike"]
        app.crews.deliver.drain(lambda _event: None)
        assert app.spikes() == ()
        clock.forward(hours=3)
        assert [notice.state for notice in app.spikes()] == ["ok"]
        app.crews.deliver.drain(lambda _event: None)
        told = [delivery for delivery in app.review.alerts.deliveries() if delivery.kind == "spike"]
    assert {delivery.alert for delivery in told} == {"mail", "chat"}
    (chat,) = [chat["text"] for chat in desk.chats]
    assert "Ukrainian: 12 hits on ramstein in the last hour (usually less than one), from 6 outlets" in chat
    assert len(desk.mails) == 1
