package io.mqttsentinel.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.mqttsentinel.testing.Requires;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** MQTT.js, the client of browsers and Node.js, as npm has it. */
class MqttJsIT {

  private static final String VERSION = "5.16.0";
  private static final int ATTEMPTS = 3;
  private static final Path HOME = Path.of("target", "mqttjs-" + VERSION).toAbsolutePath();
  private static final Path LIBRARY = HOME.resolve("node_modules/mqtt");
  private static final Path SCRIPT =
      Path.of("src", "test", "resources", "mqttjs-client.cjs").toAbsolutePath();

  private static Path node;

  @BeforeAll
  static void install() throws IOException, InterruptedException {
    node = Requires.program("node");
    Path npm = Requires.program("npm");
    if (Files.exists(LIBRARY.resolve("package.json"))) {
      return;
    }
    Files.createDirectories(HOME);
    Program last = null;
    for (int i = 0; i < ATTEMPTS && (last == null || last.exitCode() != 0); i++) {
      last =
          Program.run(
              HOME,
              List.of(
                  npm.toString(),
                  "install",
                  "--prefix",
                  HOME.toString(),
                  "--no-audit",
                  "--no-fund",
                  "--no-package-lock",
                  "--ignore-scripts",
                  "mqtt@" + VERSION));
    }
    if (last.exitCode() != 0) {
      Requires.missing("MQTT.js could not be installed: " + last.output());
    }
  }

  @Test
  void speaksMqtt311OverTcp() throws Exception {
    speak(4, "mqtt://127.0.0.1:" + SharedCluster.get().mqttPort(0), "js-v4-tcp");
  }

  @Test
  void speaksMqtt5OverTcp() throws Exception {
    speak(5, "mqtt://127.0.0.1:" + SharedCluster.get().mqttPort(1), "js-v5-tcp");
  }

  @Test
  void speaksMqtt311OverWebSocket() throws Exception {
    speak(4, webSocket(0), "js-v4-ws");
  }

  @Test
  void speaksMqtt5OverWebSocket() throws Exception {
    speak(5, webSocket(1), "js-v5-ws");
  }

  private static String webSocket(int lane) {
    return "ws://127.0.0.1:%d/mqtt".formatted(SharedCluster.get().websocketPort(lane));
  }

  private static void speak(int version, String address, String clientId) throws Exception {
    Program script =
        Program.run(
            List.of(
                node.toString(),
                SCRIPT.toString(),
                LIBRARY.toString(),
                Integer.toString(version),
                address,
                clientId,
                SharedCluster.USER,
                SharedCluster.PASSWORD,
                Integer.toString(Features.HIGHEST_QOS)));
    assertEquals("ok", script.output());
    assertEquals(0, script.exitCode());
  }
}
