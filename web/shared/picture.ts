/* A phone's picture is ten times larger than anybody needs to see: made smaller here, before it goes over a slow line.
   Whatever the browser cannot read, moves, or is small already goes as it is. */

export const LONGEST_SIDE = 2048;
const QUALITY = 0.85;
/** Below this many bytes a picture that fits is not worth touching. */
const SMALL_ENOUGH = 300_000;
const STILL = /^image\/(jpeg|png|webp|bmp|heic|heif)$/;

/** The same shape with neither side longer than allowed; never larger than it was. */
export function fitted(width: number, height: number): { width: number; height: number } {
  const scale = Math.min(1, LONGEST_SIDE / Math.max(width, height, 1));
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
}

/** What to send instead of this file: a smaller picture, or the file itself. Never fails. */
export async function lighter(file: File): Promise<File> {
  if (!STILL.test(file.type)) return file;
  const url = URL.createObjectURL(file);
  try {
    const picture = await read(url);
    const { naturalWidth: width, naturalHeight: height } = picture;
    const size = fitted(width, height);
    const fits = size.width === width && size.height === height;
    if (fits && file.size <= SMALL_ENOUGH) return file;
    // Only WebP keeps what is see-through; a browser that cannot write it answers with a PNG, which is no gain.
    const wanted = file.type === "image/png" || file.type === "image/webp" ? ["image/webp", "image/jpeg"] : ["image/jpeg"];
    for (const type of wanted) {
      const made = await draw(picture, size, type);
      if (made?.type !== type) continue;
      if (fits && made.size >= file.size) return file;
      return new File([made], renamed(file.name, type), { type, lastModified: file.lastModified });
    }
    return file;
  } catch {
    return file;
  } finally {
    URL.revokeObjectURL(url);
  }
}

/** By way of an <img>, which turns the picture upright and works in every browser. */
function read(url: string): Promise<HTMLImageElement> {
  return new Promise((resolve, reject) => {
    const picture = new Image();
    picture.onload = () => resolve(picture);
    picture.onerror = () => reject(new Error("unreadable"));
    picture.src = url;
  });
}

function draw(picture: HTMLImageElement, size: { width: number; height: number }, type: string): Promise<Blob | null> {
  const canvas = document.createElement("canvas");
  canvas.width = size.width;
  canvas.height = size.height;
  const pen = canvas.getContext("2d");
  if (!pen) return Promise.resolve(null);
  if (type === "image/jpeg") {
    pen.fillStyle = "#ffffff";
    pen.fillRect(0, 0, size.width, size.height);
  }
  pen.drawImage(picture, 0, 0, size.width, size.height);
  return new Promise((resolve) => canvas.toBlob(resolve, type, QUALITY));
}

export function renamed(name: string, type: string): string {
  const stem = name.replace(/\.[A-Za-z0-9]{1,5}$/, "") || "image";
  return `${stem}.${type === "image/webp" ? "webp" : "jpg"}`;
}
