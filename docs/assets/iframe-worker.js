// Lets the search work when the pages are opened as files: browsers start no Web Worker from file://, so the script of
// the worker runs in a hidden frame instead. On a web server this does nothing.
class FrameWorker extends EventTarget {
  constructor(url) {
    super();
    this.frame = document.createElement("iframe");
    this.frame.hidden = true;
    document.body.append(this.frame);
    const inside = this.frame.contentWindow;
    inside.document.open();
    inside.document.write(`<script>
      postMessage = message => parent.postMessage(message, "*");
      importScripts = (...urls) => urls.reduce((before, url) => before.then(() => new Promise(loaded => {
        document.body.append(Object.assign(document.createElement("script"), { src: url, onload: loaded }));
      })), Promise.resolve());
    <\/script><body><script src="${url}"><\/script>`);
    inside.document.close();
    this.isReady = new Promise(ready => { inside.onload = ready; });
    addEventListener("message", event => {
      if (event.source === inside) {
        this.dispatchEvent(new MessageEvent("message", { data: event.data }));
      }
    });
  }

  async postMessage(data) {
    await this.isReady;
    this.frame.contentWindow.dispatchEvent(new MessageEvent("message", { data }));
  }

  terminate() {
    this.frame.remove();
  }
}

if (location.protocol === "file:") {
  window.Worker = FrameWorker;
}
