// Reads QR codes where the browser can't by itself: the web view of WeChat and Safari have no BarcodeDetector. Pages of phones find it
// as window.readCode; it gives the text of a code in a picture, or undefined.
import decodeQR, { type Image } from 'qr/decode.js'

declare global {
  interface Window {
    readCode: (picture: Image) => string | undefined
  }
}

window.readCode = (picture) => {
  try {
    return decodeQR(picture)
  } catch {
    return undefined // no code in it, or not one that can be read
  }
}
