// Speaks to an edge with MQTT.js; prints "ok" when every message came back, else fails.
// Arguments: where MQTT.js is, protocol version, address, client id, user, password, highest QoS.
'use strict';

const [, , library, version, address, clientId, username, password, highestQos] = process.argv;
const mqtt = require(library);
const topic = `clients/${clientId}/echo`;
const missing = new Set();

function fail(what) {
  console.log(what);
  process.exit(1);
}

const client = mqtt.connect(address, {
  protocolVersion: Number(version),
  clientId,
  username,
  password,
  clean: true,
  reconnectPeriod: 0,
  connectTimeout: 30000,
});
client.on('error', (error) => fail(`error: ${error.message}`));
client.on('close', () => fail('the connection was closed'));
client.on('message', (received, payload) => {
  if (received !== topic || !missing.delete(payload.toString())) {
    fail(`unexpected: ${received} ${payload}`);
  }
  if (missing.size === 0) {
    client.removeAllListeners('close');
    // The edge closes the socket at DISCONNECT; the last frame of a WebSocket may find it closed.
    client.removeAllListeners('error');
    client.on('error', () => {});
    client.end(false, () => {
      console.log('ok');
      process.exit(0);
    });
  }
});
client.on('connect', () => {
  client.subscribe(topic, { qos: Number(highestQos) }, (error, granted) => {
    if (error || granted[0].qos !== Number(highestQos)) {
      fail(`not subscribed: ${error} ${JSON.stringify(granted)}`);
    }
    for (let qos = 0; qos <= Number(highestQos); qos++) {
      missing.add(`qos ${qos}`);
    }
    for (const payload of [...missing]) {
      client.publish(topic, payload, { qos: Number(payload.slice(-1)) }, (problem) => {
        if (problem) {
          fail(`not published: ${problem.message}`);
        }
      });
    }
  });
});
setTimeout(() => fail(`never came: ${[...missing]}`), 120000).unref();
