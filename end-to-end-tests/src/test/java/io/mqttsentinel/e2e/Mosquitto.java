package io.mqttsentinel.e2e;

import io.mqttsentinel.testing.Await;
import io.mqttsentinel.testing.Requires;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The customer's broker, the real one: Mosquitto with a password, over TCP and WebSocket. */
final class Mosquitto implements AutoCloseable {

  static final String USER = "customer";
  static final String PASSWORD = "demo-only-customer";

  private final Process process;
  private final int port;
  private final int websocketPort;

  private Mosquitto(Process process, int port, int websocketPort) {
    this.process = process;
    this.port = port;
    this.websocketPort = websocketPort;
    Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
  }

  /** Starts it in a directory, or skips the test where it is not installed. */
  static Mosquitto start(Path directory) throws IOException, InterruptedException {
    Path program = Requires.program("mosquitto");
    Path passwords = directory.resolve("passwords");
    Process passwd =
        new ProcessBuilder(
                Requires.program("mosquitto_passwd").toString(),
                "-c",
                "-b",
                passwords.toString(),
                USER,
                PASSWORD)
            .inheritIO()
            .start();
    if (passwd.waitFor() != 0) {
      throw new IllegalStateException("mosquitto_passwd failed");
    }
    int port = Ports.free();
    int websocketPort = Ports.free();
    Path config = directory.resolve("mosquitto.conf");
    Files.writeString(
        config,
        """

        user root
        allow_anonymous false
        password_file %s
        listener %d 127.0.0.1
        listener %d 127.0.0.1
        protocol websockets
        """
            .formatted(passwords, port, websocketPort));
    Process process =
        new ProcessBuilder(program.toString(), "-c", config.toString())
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("mosquitto.log").toFile())
            .start();
    Mosquitto mosquitto = new Mosquitto(process, port, websocketPort);
    Await.until("mosquitto listens", mosquitto::listens);
    return mosquitto;
  }

  int port() {
    return port;
  }

  String webSocketUri() {
    return "ws://127.0.0.1:" + websocketPort + "/mqtt";
  }

  /** Publishes with mosquitto_pub and waits for it to end. */
  void publish(String topic, String payload) throws IOException, InterruptedException {
    int exit =
        new ProcessBuilder(
                List.of(
                    Requires.program("mosquitto_pub").toString(),
                    "-h",
                    "127.0.0.1",
                    "-p",
                    Integer.toString(port),
                    "-u",
                    USER,
                    "-P",
                    PASSWORD,
                    "-q",
                    "1",
                    "-t",
                    topic,
                    "-m",
                    payload))
            .inheritIO()
            .start()
            .waitFor();
    if (exit != 0) {
      throw new AssertionError("mosquitto_pub ended with " + exit);
    }
  }

  private boolean listens() throws IOException {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 500);
      return true;
    }
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
