/* Badges by their SHA-256, and the camera where the browser reads codes by itself. */

export async function badgeHash(text) {
  const bytes = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

let stop = () => {};
export const stopLooking = () => stop();

/** Opens the camera in this dialog until it sees a code, and gives its text; nothing when it was closed before. */
export async function lookAt(dialog) {
  if (!("BarcodeDetector" in window)) throw new Error("This browser reads no codes by camera. Use a scanner, or type what stands below the code.");
  const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
  const video = dialog.querySelector("video");
  video.srcObject = stream;
  await video.play();
  dialog.showModal();
  const detector = new window.BarcodeDetector();
  let isOpen = true;
  stop = () => { isOpen = false; };
  dialog.onclose = stop;
  let found;
  while (isOpen && !found) {
    [found] = await detector.detect(video);
    if (!found) await new Promise((resolve) => { setTimeout(resolve, 150); });
  }
  stream.getTracks().forEach((track) => track.stop());
  dialog.close();
  return found?.rawValue;
}
