from . import o2c_match_choice
