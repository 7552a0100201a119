// A SMART App Launch 2 app in one file and without a library: https://hl7.org/fhir/smart-app-launch/STU2.2/app-launch.html
// Opened with ?iss=&launch= it was started from a record; with ?code=&state= it comes back from signing in; else it starts by itself.

const clientId = "smart-app";
const redirect = location.origin + location.pathname;
const show = (id, text) => (document.getElementById(id).textContent = text);
const base64url = (bytes) => btoa(String.fromCharCode(...new Uint8Array(bytes))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
const random = () => base64url(crypto.getRandomValues(new Uint8Array(32)));

async function get(address, token) {
  const answer = await fetch(address, { headers: { Accept: "application/json", ...(token && { Authorization: `Bearer ${token}` }) } });
  if (!answer.ok) throw new Error(`${address}: ${answer.status}`);
  return answer.json();
}

async function signIn(server, launch) {
  const smart = await get(`${server}/.well-known/smart-configuration`);
  const [state, verifier] = [random(), random() + random()];
  sessionStorage.setItem(state, JSON.stringify({ server, verifier, token: smart.token_endpoint }));
  const challenge = base64url(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(verifier)));
  const context = launch ? "launch" : "launch/patient";
  location.assign(smart.authorization_endpoint + "?" + new URLSearchParams({
    response_type: "code", client_id: clientId, redirect_uri: redirect, aud: server, state,
    scope: `openid fhirUser ${context} patient/Patient.r patient/Observation.rs?category=vital-signs`,
    code_challenge: challenge, code_challenge_method: "S256", ...(launch && { launch }),
  }));
}

async function comeBack(code, state) {
  const { server, verifier, token } = JSON.parse(sessionStorage.getItem(state) ?? "null") ?? {};
  if (!verifier) throw new Error("Yêu cầu này không phải của trang này.");
  sessionStorage.removeItem(state);
  history.replaceState(null, "", redirect);
  const answer = await fetch(token, {
    method: "POST",
    body: new URLSearchParams({ grant_type: "authorization_code", code, client_id: clientId, redirect_uri: redirect, code_verifier: verifier }),
  });
  const granted = await answer.json();
  if (!answer.ok) throw new Error(granted.error_description ?? granted.error);
  const patient = await get(`${server}/Patient/${granted.patient}`, granted.access_token);
  const found = await get(`${server}/Observation?patient=${granted.patient}`, granted.access_token);
  show("patient", patient.name?.[0]?.text ?? patient.id);
  show("encounter", granted.encounter ?? "không có");
  show("user", JSON.parse(atob(granted.id_token.split(".")[1].replace(/-/g, "+").replace(/_/g, "/"))).fhirUser);
  for (const { resource } of found.entry ?? []) {
    const line = document.createElement("li");
    line.textContent = `${resource.code.text ?? resource.code.coding?.[0]?.code}: ${resource.valueQuantity?.value ?? ""} ${resource.valueQuantity?.unit ?? ""}`;
    document.getElementById("observations").append(line);
  }
  document.getElementById("record").hidden = false;
  show("state", "Đã mở hồ sơ.");
}

const asked = new URLSearchParams(location.search);
try {
  if (asked.get("error")) throw new Error(asked.get("error_description") ?? asked.get("error"));
  else if (asked.get("code")) await comeBack(asked.get("code"), asked.get("state"));
  else if (asked.get("iss")) await signIn(asked.get("iss"), asked.get("launch"));
  else {
    const form = document.getElementById("begin");
    form.hidden = false;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      signIn(document.getElementById("server").value).catch((error) => show("state", error.message));
    });
  }
} catch (error) {
  show("state", error.message);
}
