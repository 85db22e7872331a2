from creason_core.metrics import wilson
from creason_core.question.confidence import count_votes


def test_the_option_with_most_samples_wins() -> None:
    vote = count_votes([2, 2, 1, 2, 2], 5)
    assert vote.winner == 2
    assert [share.chosen for share in vote.shares] == [0, 1, 4, 0, 0]
    assert vote.shares[2].share == 0.8
    assert vote.shares[2].interval == wilson(4, 5)
    assert vote.abstains == ""


def test_a_tie_has_no_winner_and_abstains() -> None:
    vote = count_votes([0, 0, 1, 1, 3], 5)
    assert vote.winner is None
    assert vote.abstains == "The samples split 2–2–1."


def test_two_of_five_is_not_enough_to_suggest_an_option() -> None:
    vote = count_votes([0, 0, 1, 2, 3], 5)
    assert vote.winner == 0
    assert vote.abstains == "The leading option has only 2 of 5 samples."


def test_unanswered_samples_count_in_the_denominator() -> None:
    vote = count_votes([4, 4, 4, None, None], 5)
    assert vote.shares[4].share == 0.6
    assert vote.abstains == "2 of 5 samples gave no clear option."
    assert count_votes([4, 4, 4, 4, None], 5).abstains == ""


def test_one_sample_wins_alone_and_one_without_answer_says_so() -> None:
    assert count_votes([3], 5).winner == 3
    assert count_votes([3], 5).abstains == ""
    assert count_votes([None], 5).abstains == "The model gave no clear option."
    assert count_votes([None, None], 5).abstains == "No sample gave a clear option."


def test_nothing_ended_yet_is_no_verdict() -> None:
    vote = count_votes([], 3)
    assert (vote.winner, vote.answered, vote.samples, vote.abstains) == (None, 0, 0, "")
