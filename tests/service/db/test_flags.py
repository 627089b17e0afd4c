import json

import pytest

from alignment.beads import Span
from service.db.flags import flag_row, read_flag
from service.domain.translation import Flag, FlagCode


@pytest.mark.parametrize("code", FlagCode)
def test_flag_comes_back_from_json_as_it_was(code: FlagCode) -> None:
    flag = Flag(code=code, note="n", source=(Span(0, 3), Span(7, 9)), target=(Span(2, 2),))

    assert read_flag(json.loads(json.dumps(flag_row(flag)))) == flag


def test_flag_of_an_older_version_has_no_places() -> None:
    assert read_flag({"code": "numbers", "note": "missing: 7"}) == Flag(
        code=FlagCode.NUMBERS, note="missing: 7"
    )
