// A picture from the clipboard goes to an upload widget of the page, as if it had been chosen there.
export default function ({ data }) {
  const paste = (event) => {
    const picture = [...(event.clipboardData?.files ?? [])].find((file) => file.type.startsWith("image/"));
    const input = document.querySelector(`.st-key-${data.uploader} input[type=file]`);
    if (!picture || !input) return;
    const held = new DataTransfer();
    held.items.add(picture);
    input.files = held.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
    event.preventDefault();
  };
  document.addEventListener("paste", paste);
  return () => document.removeEventListener("paste", paste);
}
