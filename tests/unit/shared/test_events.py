"""Ids derived from causes."""

from __future__ import annotations

import uuid

from hypothesis import given
from hypothesis import strategies as st

from shared.events import NAMESPACE, derived_id


@given(st.lists(st.text(alphabet=st.characters(exclude_categories=["Cs"])), max_size=4))
def test_an_id_is_the_name_based_uuid_of_its_cause(cause: list[str]) -> None:
    assert derived_id(*cause) == str(uuid.uuid5(NAMESPACE, "|".join(cause)))


def test_numbers_and_texts_of_a_cause_count_as_they_are_written() -> None:
    assert derived_id("flag.raised", 7) == derived_id("flag.raised", "7") != derived_id("flag.raised", "07")
