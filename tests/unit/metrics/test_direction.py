import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_array_equal

from twoarm.metrics import as_benefit, limits_as_benefit

numbers = st.floats(-1.0, 1.0)


@given(numbers, st.booleans())
def test_turning_twice_gives_back_what_was_turned(difference, desirable):
    once = as_benefit(difference, desirable=desirable)
    assert abs(once) == abs(difference)
    assert as_benefit(once, desirable=desirable) == difference


@given(numbers, numbers, st.booleans())
def test_turned_limits_enclose_the_turned_difference(one, other, desirable):
    low, high = sorted((one, other))
    middle = as_benefit((low + high) / 2.0, desirable=desirable)
    turned = limits_as_benefit(low, high, desirable=desirable)
    assert turned[0] <= middle <= turned[1]
    assert {abs(each) for each in turned} == {abs(low), abs(high)}


def test_no_difference_has_no_sign():
    assert math.copysign(1.0, as_benefit(0.0, desirable=False)) == 1.0
    turned = as_benefit(np.array([0.25, 0.0, np.nan]), desirable=False)
    assert_array_equal(turned, [-0.25, 0.0, np.nan])
    assert not np.signbit(turned[1])
