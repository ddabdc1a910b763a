from o2c_lib.o2c_sendcloud_shipping.lib.memory import Memory


def test_values_grow_old_and_the_oldest_make_room():
    now = [0.0]
    memory = Memory(60, size=2, clock=lambda: now[0])
    memory.put("a", 1)
    assert memory.get("a") == 1
    now[0] = 61
    assert memory.get("a") is None
    for key in "bcd":
        memory.put(key, key)
    assert [memory.get(key) for key in "bcd"] == [None, "c", "d"]
