"""The stock bar: committed, free, expected and missing, on one scale."""

from core.ui.stock_bar import Span, layout, scale_of, stock_bar


def test_shows_committed_then_free_and_the_need():
    bar = layout(on_hand=26, committed=8, expected=0, safety_stock=4, scale=0, width=54)

    assert bar.spans == (Span("f-com", 0.0, 16.0), Span("f-ok", 16.0, 36.0))
    assert bar.tick == 24.0


def test_red_fills_what_is_missing_up_to_the_need():
    # 14 on hand, 49 committed, 32 expected, safety stock 15: 46 of a need of 64, so 18 are missing.
    bar = layout(on_hand=14, committed=49, expected=32, safety_stock=15, scale=64, width=66)

    assert bar.spans == (Span("f-com", 0.0, 14.0), Span("f-hx", 14.0, 32.0), Span("f-no", 46.0, 18.0))
    assert bar.tick == 64.0


def test_a_row_shares_the_widest_scale():
    assert scale_of([(26, 8, 0, 4), (14, 49, 32, 15), (0, 0, 0, 0)]) == 64.0


def test_nothing_at_all_draws_the_ground_line_alone():
    bar = layout(0, 0, 0, 0)

    assert bar.spans == ()
    assert bar.tick is None


def test_a_negative_balance_never_draws_backwards():
    assert all(span.width > 0 and span.x >= 0 for span in layout(-3, 5, 0, 2).spans)


def test_has_words_for_a_screen_reader_or_hides():
    assert 'role="img" aria-label="on hand 1"' in stock_bar(1, 0, 0, 0, label="on hand 1")
    assert 'aria-hidden="true"' in stock_bar(1, 0, 0, 0)
