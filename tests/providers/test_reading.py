"""Reading forms: what the library finds, in whatever bytes come."""

from urllib.parse import parse_qsl, urlencode

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from gateway.core.errors import BadRequest
from gateway.providers.reading import form_pairs

AWKWARD = st.text(alphabet="ab=&+%2Bfé٣\x00\ud800;? ").map(lambda text: text.encode("utf-8", "surrogatepass"))
SENT = st.lists(st.tuples(st.text(), st.text())).map(lambda fields: urlencode(fields, errors="replace").encode())


@given(st.binary() | AWKWARD | SENT)
@example(b"a=1&&=&b&c==%&%zz=+&%D8%A7=%FF")
def test_a_form_is_read_as_the_library_reads_it(raw: bytes) -> None:
    assert form_pairs(raw, most=10_000) == parse_qsl(raw.decode("utf-8", "replace"), keep_blank_values=True)


@pytest.mark.parametrize(("fields", "fits"), [(3, True), (4, False)])
def test_a_form_with_too_many_fields_is_refused(fields: int, fits: bool) -> None:
    raw = b"&".join([b"a=1"] * fields)
    if fits:
        assert len(form_pairs(raw, most=3)) == fields
        return
    with pytest.raises(BadRequest, match="more than 3 fields"):
        form_pairs(raw, most=3)
