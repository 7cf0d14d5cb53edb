([path, fields, file, field, name]) => { // sends a form from the page that is open, as its own forms would be sent
  const form = document.createElement("form");
  form.method = "post";
  form.action = path;
  const token = document.querySelector("input[name=csrfmiddlewaretoken]");
  const all = { ...(token ? { csrfmiddlewaretoken: token.value } : {}), ...fields };
  for (const [name, value] of Object.entries(all)) {
    for (const each of [value].flat()) {
      const field = document.createElement("textarea");
      [field.name, field.value] = [name, each];
      form.append(field);
    }
  }
  if (file) {
    const list = document.createElement("input");
    [list.type, list.name, form.enctype] = ["file", field, "multipart/form-data"];
    const kept = new DataTransfer();
    kept.items.add(new File([file], name, { type: "text/plain" }));
    list.files = kept.files;
    form.append(list);
  }
  document.body.append(form);
  HTMLFormElement.prototype.submit.call(form);
}
