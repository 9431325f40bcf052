package io.mqttsentinel.bridge;

import io.mqttsentinel.testing.Await;
import io.mqttsentinel.testing.Requires;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;

/** A real Mosquitto with a password file, over TCP and WebSocket; it keeps what it has on disk. */
final class Mosquitto implements AutoCloseable {

  static final String USER = "origin";
  static final String PASSWORD = "only-for-this-test";

  private final Path program;
  private final Path directory;
  private final int port;
  private final int webSocketPort;
  private final String furtherListeners;
  private Process process;

  private Mosquitto(
      Path program, Path directory, int port, int webSocketPort, String furtherListeners) {
    this.program = program;
    this.directory = directory;
    this.port = port;
    this.webSocketPort = webSocketPort;
    this.furtherListeners = furtherListeners;
  }

  static Mosquitto start(Path directory) throws Exception {
    return start(directory, "");
  }

  /** Starts with further lines at the end of its configuration. */
  static Mosquitto start(Path directory, String furtherListeners) throws Exception {
    Mosquitto mosquitto =
        new Mosquitto(
            Requires.program("mosquitto"), directory, freePort(), freePort(), furtherListeners);
    mosquitto.configure();
    mosquitto.start();
    return mosquitto;
  }

  int port() {
    return port;
  }

  int webSocketPort() {
    return webSocketPort;
  }

  void start() throws IOException {
    process =
        new ProcessBuilder(program.toString(), "-c", directory.resolve("conf").toString())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(directory.resolve("log").toFile()))
            .start();
    Await.until("mosquitto listens", () -> listens(port) && listens(webSocketPort));
  }

  /** Lets it write its database first. */
  void stop() {
    process.destroy();
    Await.until("mosquitto ends", () -> !process.isAlive());
  }

  @Override
  public void close() {
    stop();
  }

  static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  static boolean listens(int port) {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return socket.isConnected();
    } catch (IOException e) {
      return false;
    }
  }

  private void configure() throws Exception {
    Path passwords = directory.resolve("passwords");
    Process hashing =
        new ProcessBuilder(
                Requires.program("mosquitto_passwd").toString(),
                "-c",
                "-b",
                passwords.toString(),
                USER,
                PASSWORD)
            .inheritIO()
            .start();
    if (hashing.waitFor() != 0) {
      throw new IOException("mosquitto_passwd failed");
    }
    Files.writeString(
        directory.resolve("conf"),
        """
        user root
        allow_anonymous false
        password_file %1$s
        persistence true
        persistence_location %2$s/
        autosave_interval 1
        autosave_on_changes true
        max_queued_messages 100000
        listener %3$d 127.0.0.1
        listener %4$d 127.0.0.1
        protocol websockets
        %5$s
        """
            .formatted(passwords, directory, port, webSocketPort, furtherListeners));
  }
}
