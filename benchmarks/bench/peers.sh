#!/bin/sh
# Make one environment a peer library: sh benchmarks/bench/peers.sh [FOLDER]
#
# EconML and CausalML pin older NumPy and scikit-learn than twoarm needs, so each gets its own. Then
# `TWOARM_PEERS=FOLDER make bench` measures them too. One that cannot be installed (CausalML builds
# from source where it has no wheel) within ten minutes leaves FOLDER/NAME.failed with pip's last
# words, and the results say so. PEER_PYTHON picks the interpreter.

folder=${1:-${TWOARM_PEERS:-$HOME/.cache/twoarm-peers}}
python=${PEER_PYTHON:-python3.11}
mkdir -p "$folder"

make_peer() {
    name=$1
    shift
    rm -rf "${folder:?}/$name" "$folder/$name.failed"
    "$python" -m venv "$folder/$name"
    if ! timeout 600 "$folder/$name/bin/python" -m pip install -q --disable-pip-version-check \
        "$@" >"$folder/$name.log" 2>&1; then
        tail -n 3 "$folder/$name.log" >"$folder/$name.failed"
        echo "$name: not installed, see $folder/$name.log"
        return
    fi
    echo "$name: $("$folder/$name/bin/python" -m pip list --format=freeze 2>/dev/null |
        grep -i "^$name==")"
}

make_peer econml econml==0.17.0
make_peer causalml causalml==0.18.0
echo "TWOARM_PEERS=$folder"
