"""Cases whose expected answer looks wrong: the executor says something else, as sure as it is when it is right."""

from remit.proof.tally import LabelDoubts


def doubts(*answers):
    found = LabelDoubts()
    for case, answer, confidence, wrong in answers:
        found.add(case, answer, confidence, wrong=wrong)
    return found.cases()


RIGHT = (("r1", "a", 0.9, False), ("r2", "a", 0.7, False), ("r3", "b", 0.4, False))


def test_an_error_as_sure_as_right_answers_of_its_kind_is_doubtful():
    found = doubts(*RIGHT, ("w1", "a", 0.8, True), ("w2", "a", 0.95, True), ("w3", "b", 0.5, True))
    assert found == ("w2", "w1", "w3")


def test_an_unsure_error_is_an_error():
    assert doubts(*RIGHT, ("w1", "a", 0.79, True), ("w2", "b", 0.39, True)) == ()


def test_an_answer_that_was_never_right_says_nothing():
    assert doubts(*RIGHT, ("w1", "c", 0.99, True)) == ()


def test_without_any_confidence_nothing_is_known():
    assert doubts() is None
