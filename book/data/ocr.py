"""A network that reads a line of printed text, trained by others, with the characters that it knows."""

from book.data import carriers

RECOGNIZER = "rapidocr_onnxruntime/models/ch_PP-OCRv4_rec_infer.onnx"


def recognizer():
    """Return the text recognizer of PP-OCRv4 as the bytes of an ONNX file, for onnxruntime.

    Input "x", float32 (lines, 3, 48, width): one line of text a picture, 48 pixels high, byte / 127.5 - 1, three equal
    channels for a gray picture. Output, float32 (lines, about width / 8, 6625): for each stretch of the line the
    probability of each symbol, as CTC has it; symbol 0 is the blank.
    Fetched on first use (15 MB) out of the published package rapidocr-onnxruntime, which is read as an archive and
    never run. Made by the PaddleOCR team; Apache-2.0.
    """
    return carriers.read("ocr", RECOGNIZER)


def characters(session):
    """Return the 6,625 symbols in the order of the network's scores: "" for the blank first, the space last.

    session: an onnxruntime.InferenceSession of `recognizer()`, whose file carries the list
    """
    listed = session.get_modelmeta().custom_metadata_map["character"].split("\n")
    return ["", *listed, " "]
