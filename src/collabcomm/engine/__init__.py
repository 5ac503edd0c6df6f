"""Player JSON and its arithmetic. Pure: nothing here reads or writes."""
