// A one-time link brings its secret behind the #, which no server and no log sees: it is taken out of the address and handed in.
const secret = location.hash.slice(1);
if (secret) {
  history.replaceState(null, "", location.pathname);
  document.getElementById("secret").value = secret;
  document.querySelector("form").submit();
}
