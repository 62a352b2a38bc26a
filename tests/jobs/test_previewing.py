"""Previews: what they show is what is sent."""

from email.message import EmailMessage
from pathlib import Path

import pytest
from desks import parsed, text_of
from letters import angry_english, angry_spanish, bounce, spanish
from offices import EMMA, LEAD, Office, answer, complaint
from own_templates import put

from mailresponder.errors import MailresponderError
from mailresponder.jobs import previewing
from mailresponder.jobs.previewing import Preview
from mailresponder.policy.notices import NAMES
from mailresponder.policy.samples import DESK
from mailresponder.store.templates import TemplateFolder
from mailresponder.templating import TemplateError

SHIPPED = TemplateFolder(Path("does-not-exist"))
PROVEN = "mx.example.com; dmarc=pass header.from=customer.test"
CLOSING = '\n[closing]\nask_after = "3d"\n'


def html_of(mail: EmailMessage) -> str:
    body = mail.get_body(("html",))
    assert body is not None
    return str(body.get_content())


def assert_same(preview: Preview, mail: EmailMessage) -> None:
    """Subject, both parts, sender and reader are those of the mail."""
    assert preview.subject == str(mail["Subject"])
    assert preview.text == text_of(mail).replace("\r\n", "\n")
    assert preview.html.rstrip() == html_of(mail).replace("\r\n", "\n").rstrip()
    assert (preview.from_.email, preview.from_.name) == (
        mail["From"].addresses[0].addr_spec,
        mail["From"].addresses[0].display_name,
    )
    assert (preview.to.email, preview.to.name) == (
        mail["To"].addresses[0].addr_spec,
        mail["To"].addresses[0].display_name,
    )


# Previews of real tickets.


@pytest.mark.parametrize("proof", ["", PROVEN])
def test_an_acknowledgement_is_previewed_as_it_was_sent(office: Office, proof: str) -> None:
    """To the letter, with the customer's words where their mail proved to be theirs."""
    office.receive(complaint(Authentication_Results=proof))
    office.run_well()

    [sent] = office.sent_to(EMMA)
    preview = office.preview("acknowledgement")
    assert_same(preview, sent)
    assert ("has not arrived yet" in preview.text) == bool(proof)
    assert preview.languages == ("en",)


def test_a_mail_that_begins_with_brackets_is_quoted_whole_in_both(office: Office) -> None:
    """They are the customer's, and not those in which we keep who passed a mail on."""
    text = "[Order 20417]\n\nWhere is it?\n"
    office.receive(complaint(text=text, Authentication_Results=PROVEN))
    office.run_well()

    [sent] = office.sent_to(EMMA)
    assert "> [Order 20417]" in text_of(sent)
    assert_same(office.preview("acknowledgement"), sent)


@pytest.mark.parametrize("mail", [angry_english, angry_spanish, spanish])
def test_other_acknowledgements_are_previewed_as_they_were_sent(office: Office, mail) -> None:
    """Of an angry customer, of one who writes Spanish, and of a desk that is closed."""
    office.receive(mail())
    office.open(deadlines='[deadlines.hours]\ntue = ["09:00-18:00"]\n')
    office.run_well()

    ticket = office.ticket
    [sent] = office.sent_to(ticket.customer.email)
    name = "acknowledgement_angry" if ticket.angry else "acknowledgement"
    assert_same(office.preview(name), sent)


def test_an_acknowledgement_in_two_languages_is_previewed_in_both(office: Office) -> None:
    """Where the customer's language is a guess, the preview says so as the mail does."""
    office.receive(complaint(subject="20417", text="20417\n"))
    office.run_well()

    [sent] = office.sent_to(EMMA)
    preview = office.preview("acknowledgement")
    assert_same(preview, sent)
    assert preview.languages == ("en", "es")


def test_a_template_without_the_reference_shows_it_all_the_same(office: Office) -> None:
    """What the program adds to a subject is part of the preview."""
    text = "Subject: Re: re: We heard you\n\nHello.\n"
    put(office.path.parent / "templates", "en/acknowledgement.md.j2", text)
    office.receive(complaint())
    office.run_well()

    [sent] = office.sent_to(EMMA)
    preview = office.preview("acknowledgement")
    assert_same(preview, sent)
    assert preview.subject == f"re: We heard you [{office.ticket.reference}]"


def test_a_mailbox_s_own_template_is_previewed_as_it_was_sent(office: Office) -> None:
    """Its override comes first in both, on the desk's own layout."""
    put(
        office.path.parent / "templates",
        "mailboxes/support/en/acknowledgement.md.j2",
        "Subject: Own\n\nOwn.\n",
    )
    put(
        office.path.parent / "templates",
        "en/acknowledgement.md.j2",
        "Subject: Desk\n\nThe desk's.\n",
    )
    put(
        office.path.parent / "templates",
        "layout.html.j2",
        "<html><body><b>Ours</b>{{ content }}</body></html>",
    )
    office.receive(complaint())
    office.run_well()

    [sent] = office.sent_to(EMMA)
    assert_same(office.preview("acknowledgement"), sent)
    assert "<b>Ours</b><p>Own.</p>" in html_of(sent)


def test_a_follow_up_notice_is_previewed_as_it_was_sent(office: Office) -> None:
    """With the words of the further mail."""
    office.open(acknowledge="follow_up_notice = true")
    office.receive(complaint(Authentication_Results=PROVEN))
    office.run_well()
    office.clock.advance(hours=1)
    further = {"In_Reply_To": "<emma-1@customer.test>", "References": "<emma-1@customer.test>"}
    office.receive(complaint(text="And the invoice is wrong.\n", number=2, **further))
    office.run_well()

    assert_same(office.preview("follow_up"), office.sent_to(EMMA)[-1])
    assert "invoice" not in office.preview("follow_up").text, "the second mail proves nothing"


def test_a_closing_question_is_previewed_as_it_was_sent(office: Office) -> None:
    """Three days after the answer."""
    office.receive(complaint())
    office.open(acknowledge=CLOSING)
    office.run_well()
    office.clock.advance(hours=1)
    office.receive(answer(), folder="Sent")
    office.run_well()
    office.clock.advance(days=3)
    before = office.preview("closing_question")
    office.run_well()

    assert_same(before, office.sent_to(EMMA)[-1])


def test_an_escalation_is_previewed_as_it_will_be_sent_and_as_it_was(office: Office) -> None:
    """Before the pass that sends it, and after."""
    office.receive(complaint())
    office.run_well()
    office.clock.advance(hours=8)
    before = office.preview("escalation")
    office.run_well()

    [sent] = office.sent_to(LEAD)
    assert_same(before, sent)
    assert_same(office.preview("escalation"), sent)


def test_a_notice_of_an_unreachable_customer_is_previewed_as_it_was_sent(office: Office) -> None:
    """After our acknowledgement came back."""
    office.receive(complaint())
    office.run_well()
    ours = str(office.sent_to(EMMA)[0]["Message-ID"])
    report = bounce().replace(b"<somebody-elses@relay.test>", ours.encode())
    office.receive(report.replace(b"nobody@customer.test", EMMA.encode()))
    office.run_well()

    [sent] = office.sent_to(LEAD)
    assert_same(office.preview("unreachable"), sent)


def test_a_draft_is_previewed_as_it_lies_in_drafts(office: Office) -> None:
    """On its plain page, to the customer."""
    client = office.imap()
    client.create_folder("Drafts")
    office.receive(complaint())
    office.open(mailbox='drafts = "all"')
    office.run_well()
    client.select_folder("Drafts", readonly=True)
    [uid] = client.search("ALL")
    content = client.fetch([uid], ["BODY.PEEK[]"])[uid][b"BODY[]"]

    assert_same(office.preview("reply_draft"), parsed(content))


def test_a_real_ticket_in_another_language(office: Office) -> None:
    """Who edits the Spanish text may try it on a ticket of an English customer; what goes to staff
    is then in Spanish too."""
    office.receive(complaint())
    office.run_well()

    assert "ha llegado" in office.preview("acknowledgement", language="es").text
    assert "espera" in office.preview("escalation", language="es").text
    fixed = office.preview("fixed", language="es")
    assert (fixed.to.email, fixed.text.splitlines()[0]) == (EMMA, "Hola:")
    assert office.ticket.language == "en"


def test_a_preview_changes_nothing(office: Office) -> None:
    """No mail, no event, no message, whatever is previewed."""
    office.receive(complaint())
    office.run_well()
    before = (office.ticket, office.events(), office.messages(), office.outbox())

    for name in previewing.ABOUT_A_TICKET:
        office.preview(name)

    assert (office.ticket, office.events(), office.messages(), office.outbox()) == before


@pytest.mark.parametrize("name", sorted(set(NAMES) - set(previewing.ABOUT_A_TICKET)))
def test_what_is_not_about_a_ticket_is_refused_with_one(office: Office, name: str) -> None:
    """A digest has no ticket, and the reply that `not_sent` returns is not kept."""
    office.receive(complaint())
    office.run_well()

    with pytest.raises(MailresponderError, match="not about one") as raised:
        office.preview(name)
    assert "escalation" in raised.value.mend


def test_a_template_that_fails_on_a_ticket_shows_no_stand_in(office: Office) -> None:
    """The preview says what is wrong, where the mail itself would use the shipped text."""
    office.receive(complaint(subject="20417"))
    text = "Subject: x\n\nHello\n\n{% if '20417' in subject %}\n{{ subject - 1 }}\n{% endif %}\n"
    put(office.path.parent / "templates", "en/acknowledgement.md.j2", text)
    office.run_well()
    assert "Hello" in text_of(office.sent_to(EMMA)[0])

    with pytest.raises(TemplateError, match="line 6"):
        office.preview("acknowledgement")


# Previews of invented tickets.


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("language", ["en", "es"])
def test_every_notice_is_previewed_in_every_case(name: str, language: str) -> None:
    """The ordinary one comes first; each has all its parts, and a ticket's has its reference."""
    known = previewing.cases(name)
    assert known[0] == "ordinary"
    for case in known:
        preview = previewing.preview(DESK, SHIPPED, name, language, case=case)
        assert preview.name == name
        assert preview.languages == (language,)
        assert preview.text
        assert "</html>" in preview.html
        if name in previewing.ABOUT_A_TICKET:
            assert preview.subject.count("[MR-7F3K2]") == 1


def test_an_unsure_language_is_shown_in_all() -> None:
    """The likelier first; staff's mail has one language whatever is asked."""
    both = previewing.preview(DESK, SHIPPED, "acknowledgement", "es", unsure=True)
    assert both.languages == ("es", "en")
    assert both.text.index("Hola") < both.text.index("Hello")
    one = previewing.preview(DESK, SHIPPED, "escalation", "es", unsure=True)
    assert one.languages == ("es",)


def test_an_unknown_case_names_those_there_are() -> None:
    """A typing mistake is a sentence."""
    with pytest.raises(MailresponderError, match="no such case") as raised:
        previewing.preview(DESK, SHIPPED, "test", "en", case="angri")
    assert "'to be replied to'" in raised.value.mend


def test_a_preview_says_who_reads_it() -> None:
    """The customer, the first of the ladder, or the desk itself."""
    readers = {
        name: previewing.preview(DESK, SHIPPED, name, "en").to.email
        for name in ("acknowledgement", "escalation", "test")
    }
    assert readers == {
        "acknowledgement": "ana@customer.test",
        "escalation": "lead@example.com",
        "test": "support@example.com",
    }


def test_an_unknown_notice_names_the_nearest() -> None:
    """Whatever is asked of it."""
    for ask in (
        lambda: previewing.cases("tset"),
        lambda: previewing.preview(DESK, SHIPPED, "tset", "en"),
    ):
        with pytest.raises(MailresponderError, match="no notice named tset") as raised:
            ask()
        assert "test" in raised.value.mend
