from . import o2c_sendcloud_point_wizard
