import gzip

from django.http import HttpResponse
from django.test import RequestFactory

from mfg.compression import CompressionMiddleware

ROWS = "<tr><td>TABLE-OAK</td><td>Tallinn</td><td>107</td></tr>" * 2000


def _answer(response: HttpResponse) -> HttpResponse:
    request = RequestFactory().get("/", headers={"accept-encoding": "gzip, br"})
    return CompressionMiddleware(lambda _: response)(request)


def test_a_long_page_is_a_fraction_of_itself_on_the_wire():
    answer = _answer(HttpResponse(ROWS))
    assert answer["Content-Encoding"] == "gzip"
    assert len(answer.content) < len(ROWS) / 10
    assert gzip.decompress(answer.content).decode() == ROWS


def test_an_answer_with_an_etag_keeps_it_strong():
    answer = _answer(HttpResponse(ROWS, headers={"ETag": '"7"'}))
    assert answer["ETag"] == '"7"'
    assert "Content-Encoding" not in answer


def test_the_length_does_not_tell_the_content():
    assert len({len(_answer(HttpResponse(ROWS)).content) for _ in range(40)}) > 1
