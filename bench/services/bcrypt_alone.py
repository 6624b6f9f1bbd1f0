"""Measures how many passwords per second bcrypt verifies at Postern's cost, without a server."""

import json
import sys
import time

import bcrypt

password, seconds, rounds = sys.argv[1].encode(), float(sys.argv[2]), int(sys.argv[3])
stored = bcrypt.hashpw(password, bcrypt.gensalt(rounds))
began, cpu = time.perf_counter(), time.process_time()
count = 0
while time.perf_counter() - began < seconds:
    bcrypt.checkpw(password, stored)
    count += 1
took, cpu = time.perf_counter() - began, time.process_time() - cpu
found = {"per_second": count / took, "cpu_ms": cpu * 1000 / count}
print(json.dumps(found | {"algorithm": f"bcrypt, cost {rounds}"}))
