"""From an option's share of all weight to the probability that exactly these order lines are the right ones."""


def confidence_of(share: float, *, placed: bool) -> float:
    """The probability; two lines that may change places with each other are as good as certain."""
    return 0.995 if placed else round(min(share, 0.999), 4)
