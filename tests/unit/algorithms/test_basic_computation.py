from topowave.algorithms.basic_computation import BasicComputation, mix


def test_mixing_is_a_fixed_function_that_tells_neighbouring_numbers_apart() -> None:
    # The first outputs of the published generator splitmix64 from state 0: its steps are the same.
    assert mix(0) == 0xE220A8397B1DCDAF
    assert len({mix(a, b) for a in range(50) for b in range(50)}) == 2_500


def test_a_node_sends_no_more_than_its_quota_and_one_or_two_at_a_time() -> None:
    node = BasicComputation(3, [1, 2, 4, 7, 8])
    sizes: list[int] = []
    while receivers := node.choose_receivers():
        assert set(receivers) <= {1, 2, 4, 7, 8}
        sizes.append(len(receivers))
    assert sum(sizes) == 5
    assert set(sizes) <= {1, 2}


def test_the_input_is_a_seed() -> None:
    def all_receivers(seed: object) -> list[int]:
        node = BasicComputation(0, range(1, 9), input=seed)
        return [neighbor for _ in range(8) for neighbor in node.choose_receivers()]

    assert all_receivers(1) == all_receivers(1)
    assert all_receivers(1) != all_receivers(2)
    assert all_receivers(None) == all_receivers({"load": 3}) == all_receivers(0)
