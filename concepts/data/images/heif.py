"""HEIC pictures: pi-heif's decoder, registered with Pillow where the package is installed."""

try:
    import pi_heif
except ImportError:  # there is no wheel for every system
    READS_HEIF = False
else:
    # one thread for a picture, as several are read at once; nothing but the primary image is looked at
    pi_heif.register_heif_opener(thumbnails=False, depth_images=False, aux_images=False, decode_threads=1)
    READS_HEIF = True
