"""What templates are told of a customer."""

from making import a_desk, a_ticket

from mailresponder.policy import variables
from mailresponder.templating import Fields, Own


def test_an_address_is_left_whole_only_if_ordinary() -> None:
    """An address that could be taken for a web address counts as the customer's text."""
    now = a_ticket().opened_at
    plain = variables.of_ticket(a_ticket(), a_desk(), now)["customer_address"]
    odd = variables.of_ticket(a_ticket("a/b.com/x@customer.test"), a_desk(), now)[
        "customer_address"
    ]
    assert isinstance(plain, Own)
    assert not isinstance(odd, Own)


def test_what_is_told_of_a_ticket_has_two_names() -> None:
    """With `ticket.` in front it is the very same value, and so with the customer's."""
    ticket, desk = a_ticket(), a_desk()
    given = variables.for_closing_question(ticket, desk=desk, now=ticket.opened_at)
    behind = given["ticket"]
    assert isinstance(behind, Fields)
    assert set(behind.names()) == {"reference", "subject", "answered_at"}
    assert all(getattr(behind, name) is given[name] for name in behind.names())

    customer = given["customer"]
    assert isinstance(customer, Fields)
    assert customer.names() == ("name", "first_name", "address")
    assert customer.name == given["customer_name"]
    assert isinstance(customer.address, Own)
    assert not isinstance(customer.name, Own)


def test_a_mailto_link_cannot_be_broken_out_of() -> None:
    """Nothing in an address or a subject adds a field to the link or ends it."""
    about = a_ticket('"a?bcc=x&cc=y"@customer.test', subject='"><a href=x>?&bcc=z#\r\n%0A')
    link = variables.mailto(about, a_desk(), answering="<a&bcc=b>")
    assert link.count("?") == 1
    assert [field.partition("=")[0] for field in link.partition("?")[2].split("&")] == [
        *("cc", "subject", "in-reply-to")
    ]
    assert not set(link) & set(" \"'<>()#\r\n")
