from creason_core.cohort.stateless_random import key_of, uniform

RECORDED = [0.255232399144689, 0.39103408325958644, 0.4189706393429946]


def test_keys_are_the_first_eight_bytes_of_sha256() -> None:
    assert key_of("") == int.from_bytes(bytes.fromhex("e3b0c44298fc1c14"), "little")


def test_draws_never_change_between_releases() -> None:
    draws = [uniform(0, key_of("p1"), key_of("lactate"), slot) for slot in range(3)]
    assert draws == RECORDED


def test_draws_differ_by_every_argument() -> None:
    base = uniform(0, 1, 2, 3)
    assert len({base, uniform(1, 1, 2, 3), uniform(0, 2, 2, 3), uniform(0, 1, 3, 3), uniform(0, 1, 2, 4)}) == 5


def test_draws_are_uniform_and_uncorrelated_between_slots() -> None:
    first = [uniform(0, key_of(str(n)), 7, 0) for n in range(20_000)]
    second = [uniform(0, key_of(str(n)), 7, 1) for n in range(20_000)]
    counts = [0] * 10
    for draw in first:
        assert 0.0 <= draw < 1.0
        counts[int(draw * 10)] += 1
    chi_square = sum((count - 2000) ** 2 / 2000 for count in counts)
    assert chi_square < 27.9  # the 0.999 quantile with 9 degrees of freedom
    covariance = sum((a - 0.5) * (b - 0.5) for a, b in zip(first, second, strict=True)) / 20_000
    assert abs(covariance * 12) < 0.024  # 3.3 standard errors
