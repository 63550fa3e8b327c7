"""`make bench`: the same work by twoarm and by others, side by side in one run.

One module a competitor, each with one function that does the work once. Importing the package sets
every library's threads to one, before NumPy is loaded, here and in the processes it starts.
"""

import os

for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"):
    os.environ[_name] = "1"
