"""Who hears of what on the live stream."""

from core.access import EVERYTHING, Scope
from core.live import merged, message_of_event, visible

MESSAGE = {
    "levels": [[5, 70, 1, 9], [5, 71, 2, 2]],
    "documents": [["sales_order", 12, [1, 3], [70]], ["run", 4, [2], []]],
}


def test_a_company_hears_of_its_levels_and_documents():
    assert visible(MESSAGE, Scope(companies=frozenset({1}))) == {
        "levels": [[5, 70, 1]],
        "documents": [["sales_order", 12]],
    }


def test_the_operator_of_a_site_hears_of_its_levels():
    assert visible(MESSAGE, Scope(companies=frozenset({9}))) == {"levels": [[5, 70, 1]], "documents": []}


def test_who_sees_a_site_hears_of_what_happens_there():
    assert visible(MESSAGE, Scope(sites=frozenset({71}))) == {"levels": [[5, 71, 2]], "documents": []}


def test_strangers_hear_nothing():
    assert visible(MESSAGE, Scope(companies=frozenset({8}), sites=frozenset({80}))) is None


def test_superusers_hear_everything():
    assert len(visible(MESSAGE, EVERYTHING)["levels"]) == 2


def test_an_events_short_entries_take_the_parties_of_the_event():
    message = message_of_event({"documents": [["item", 5], ["run", 4, [2], []]]}, [1], [70])

    assert message == {"levels": [], "documents": [["item", 5, [1], [70]], ["run", 4, [2], []]]}


def test_merging_names_each_once():
    one = {"levels": [[5, 70, 1]], "documents": [["run", 4]]}
    other = {"levels": [[5, 70, 1], [6, 70, 1]], "documents": []}

    assert merged([one, other]) == {"levels": [[5, 70, 1], [6, 70, 1]], "documents": [["run", 4]]}
    assert merged([]) is None
