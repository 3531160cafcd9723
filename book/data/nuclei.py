"""A fluorescence image of cell nuclei in which people marked every nucleus."""

import io

import numpy as np
from PIL import Image

from book.data import carriers


def nuclei():
    """Return (image, labels): a microscope's view of 125 cell nuclei, and which nucleus each pixel belongs to.

    image:  float32, (512, 512); 1 is the largest value that eight bits hold, most nuclei lie near 0.2
    labels: int64, (512, 512); 0 is background, 1 to 125 are the nuclei

    There is one image and no official split, so whoever trains on it divides it by region. The example image of
    StarDist (Schmidt, Weigert, Broaddus and Myers, 2018), read out of its published package under the BSD license;
    3 MB, fetched on first use.
    """
    names = ["stardist/data/images/img2d.tif", "stardist/data/images/mask2d.tif"]
    image, labels = (np.asarray(Image.open(io.BytesIO(raw))) for raw in carriers.read_many("nuclei", names).values())
    _, numbered = np.unique(labels, return_inverse=True)
    return image.astype(np.float32) / 255, numbered.reshape(labels.shape).astype(np.int64)
