"""The manual on the page."""

from sites import Guest, Hosted

from mailresponder.jobs.topics import topics
from mailresponder.web.asking import Role


def test_every_topic_is_listed_and_can_be_read(site: Hosted) -> None:
    """The list leads to each topic, and its title stands there as a heading."""
    viewer = site.guest(Role.VIEWER)
    listed = viewer.get("/help").text
    for name, topic in topics().items():
        assert f'href="/help/{name}"' in listed
        answered = viewer.get(f"/help/{name}")
        assert answered.status == 200
        assert "<h1>" in answered.text
        assert "<table" in answered.text or "|---" not in topic.text
        assert ("<pre># " in answered.text) == topic.is_file


def test_a_topic_speaks_the_visitor_s_language(admin: Guest) -> None:
    """Staff's page is there in Spanish; what is in English only says so and is marked as such."""
    staff = admin.get("/help/staff?language=es").text
    sizing = admin.get("/help/sizing?language=es").text

    assert "Guía para el personal, en una página" in staff
    assert "solo está en inglés" not in staff
    assert "solo está en inglés" in sizing
    assert '<article class="topic" lang="en">' in sizing


def test_one_topic_leads_to_another(admin: Guest) -> None:
    """Where the text says `mailresponder help answers`, that is a link."""
    text = admin.get("/help/staff").text

    assert '<a href="/help/answers"><code>mailresponder help answers</code></a>' in text


def test_no_such_topic_is_a_sentence(admin: Guest) -> None:
    """It is refused in words."""
    answered = admin.get("/help/nothing")

    assert answered.status == 400
    assert "There is no such topic." in answered.text
