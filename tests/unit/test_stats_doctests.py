"""The known numbers in the docstrings of remit.stats."""

import doctest
import importlib
import pkgutil

import pytest

import remit.stats

MODULES = [module.name for module in pkgutil.walk_packages(remit.stats.__path__, "remit.stats.")]


@pytest.mark.parametrize("name", MODULES)
def test_every_docstring_figure_is_what_the_code_gives(name):
    found = doctest.testmod(importlib.import_module(name))
    assert found.failed == 0


@pytest.mark.parametrize("name", [name for name in remit.stats.__all__ if name[0].islower()])
def test_every_public_function_shows_a_known_number_and_says_what_it_guarantees(name):
    text = getattr(remit.stats, name).__doc__
    for part in (">>>", "**Guarantee**", "**Assumes**", "**Source**", "**Cost**", "Args:", "Returns:"):
        assert part in text, part
