"""What the file store says no with."""

from xinfu.kit.errors import Refusal


class FileKindRefused(Refusal):
    code, status = "file_kind_refused", 415
    zh, en = (
        "这种文件不能发送。可以发图片、PDF、文本、音频和视频(MP4、WebM、MOV、MP3)。",
        "This kind of file cannot be sent. Pictures, PDF, plain text, audio and video (MP4, WebM, MOV, MP3) can.",
    )


class FileDamaged(Refusal):
    code, status = "file_damaged", 422
    zh, en = "图片打不开，可能已损坏。换一张试试。", "This picture cannot be opened; it may be damaged."


class PictureTooLarge(Refusal):
    code, status = "picture_too_large", 413
    zh, en = "图片太大，最多 {limit} 百万像素。", "The picture is too large; the limit is {limit} megapixels."


class NoFile(Refusal):
    code, status = "no_file", 422
    zh, en = "没有收到文件。", "No file was received."
