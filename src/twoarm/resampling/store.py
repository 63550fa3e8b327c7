class RunStore:
    pass
