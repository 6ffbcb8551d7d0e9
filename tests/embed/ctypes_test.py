"""Calls the C interface from Python, with nothing but its own ctypes.

  ctypes_test.py LIBRARY FOLDER STORE
"""

import ctypes
import json
import pathlib
import sys

AT = 1780272000  # the time of the sample


class Query(ctypes.Structure):
    _fields_ = [
        ("certificate", ctypes.c_char_p),
        ("certificate_size", ctypes.c_size_t),
        ("issuer", ctypes.c_char_p),
        ("serial", ctypes.c_char_p),
        ("serial_size", ctypes.c_size_t),
    ]


class Result(ctypes.Structure):
    _fields_ = [
        ("revocation_time", ctypes.c_int64),
        ("status", ctypes.c_int32),
        ("cause", ctypes.c_int32),
        ("reason", ctypes.c_int32),
        ("flags", ctypes.c_uint32),
    ]


library, folder, store_folder = sys.argv[1:]
revstat = ctypes.CDLL(library)
for function in ("version", "last_error", "status_name", "reason_name"):
    getattr(revstat, "revstat_" + function).restype = ctypes.c_char_p
revstat.revstat_check.argtypes = [
    ctypes.c_void_p,
    ctypes.c_int64,
    ctypes.POINTER(Query),
    ctypes.c_size_t,
    ctypes.POINTER(Result),
]
revstat.revstat_explain.argtypes = [
    ctypes.c_void_p,
    ctypes.c_int64,
    ctypes.POINTER(Query),
    ctypes.c_char_p,
    ctypes.c_size_t,
    ctypes.POINTER(ctypes.c_size_t),
]
revstat.revstat_store_close.argtypes = [ctypes.c_void_p]
revstat.revstat_store_close.restype = None


def succeed(error):
    assert error == 0, revstat.revstat_last_error().decode()


store = ctypes.c_void_p()
at = ctypes.c_int64(AT)
assert revstat.revstat_store_open(b"/none/such", None, at, ctypes.byref(store)) != 0
assert b"/none/such" in revstat.revstat_last_error()
succeed(revstat.revstat_store_open(store_folder.encode(), None, at, ctypes.byref(store)))

rows = [line.split() for line in (pathlib.Path(folder) / "samples.txt").open()]
queries = (Query * (2 * len(rows)))()
for i, (file, issuer, serial, _) in enumerate(rows):
    der = (pathlib.Path(folder) / file).read_bytes()
    queries[2 * i] = Query(certificate=der, certificate_size=len(der))
    octets = bytes.fromhex(serial)
    queries[2 * i + 1] = Query(
        issuer=issuer.encode(), serial=octets, serial_size=len(octets)
    )
results = (Result * len(queries))()
succeed(revstat.revstat_check(store, AT, queries, len(queries), results))

names = [revstat.revstat_status_name(result.status).decode() for result in results]
for i, (_, _, serial, status) in enumerate(rows):
    assert names[2 * i] == status, (rows[i], names[2 * i])
    # A bare serial knows of no validity.
    bare = status if status in ("revoked", "on_hold") else "active"
    assert names[2 * i + 1] == bare, (rows[i], names[2 * i + 1])

    text = ctypes.create_string_buffer(4096)
    needed = ctypes.c_size_t()
    succeed(
        revstat.revstat_explain(
            store, AT, queries[2 * i], text, len(text), ctypes.byref(needed)
        )
    )
    assert needed.value == len(text.value) + 1
    evidence = json.loads(text.value)
    assert evidence["status"] == status
    assert evidence["serial"] == serial.lstrip("0")
    reason = revstat.revstat_reason_name(results[2 * i].reason).decode()
    assert evidence.get("reason", "") == reason
revstat.revstat_store_close(store)
print(f"{len(queries)} answers of librevstat {revstat.revstat_version().decode()}")
