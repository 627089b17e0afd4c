import pytest
from threadpoolctl import ThreadpoolController

from alignment.one_thread import OneThread


def blas_threads() -> set[int]:
    return {
        library["num_threads"]
        for library in ThreadpoolController().info()
        if library["user_api"] == "blas"
    }


def test_who_leaves_first_does_not_give_the_others_more_threads() -> None:
    with ThreadpoolController().limit(limits=2, user_api="blas"):
        before = blas_threads()
        one_thread = OneThread()
        first, second = one_thread.held(), one_thread.held()

        first.__enter__()
        second.__enter__()
        first.__exit__(None, None, None)
        between = blas_threads()
        second.__exit__(None, None, None)

        assert between == {1}
        assert blas_threads() == before


def test_an_error_inside_lifts_the_limit_too() -> None:
    with ThreadpoolController().limit(limits=2, user_api="blas"):
        before = blas_threads()
        one_thread = OneThread()

        with pytest.raises(ZeroDivisionError), one_thread.held():
            _ = 1 / 0

        assert blas_threads() == before
