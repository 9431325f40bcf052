package io.mqttsentinel.allinone;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * What was asked for.
 *
 * @param time after which the demo ends by itself; empty: runs until it is told to stop
 * @param rate alerts per second over all devices
 * @param interop port of a further listener that lets everybody in; empty: there is none
 */
record CommandLine(
    Command command,
    AllInOneOptions options,
    Optional<Duration> time,
    int devices,
    int rate,
    OptionalInt interop) {

  /** The demo has traffic, up has none. */
  enum Command {
    DEMO,
    UP
  }

  private static final int DEVICES = 50;
  private static final int RATE = 20;
  private static final Set<String> OPTIONS =
      Set.of(
          "--port",
          "--websocket-port",
          "--origin-port",
          "--dashboard-port",
          "--kafka-port",
          "--registry-port",
          "--interop",
          "--host",
          "--data",
          "--seconds",
          "--devices",
          "--rate");
  private static final Set<String> TRAFFIC = Set.of("--devices", "--rate");
  private static final int MOST_DEVICES = 1000;
  private static final int HIGHEST_RATE = 1000;

  /**
   * Reads the arguments.
   *
   * @throws IllegalArgumentException naming the argument, its value and what was expected
   */
  static CommandLine parse(List<String> arguments, Map<String, String> environment) {
    Command command = command(arguments.isEmpty() ? "" : arguments.getFirst());
    Ports ports = Ports.usual();
    int edge = ports.edge();
    int webSocket = ports.webSocket();
    int origin = ports.origin();
    int dashboard = ports.dashboard();
    int kafka = ports.kafka();
    int registry = ports.registry();
    String data = environment.getOrDefault("SENTINEL_DATA", "data");
    String host = "127.0.0.1";
    Optional<Duration> time = Optional.empty();
    int devices = DEVICES;
    int rate = RATE;
    OptionalInt interop = OptionalInt.empty();
    for (int i = 1; i < arguments.size(); i += 2) {
      String option = arguments.get(i);
      String value = value(arguments, i);
      if (command == Command.UP && TRAFFIC.contains(option)) {
        throw new IllegalArgumentException(option + " belongs to demo; up has no traffic");
      }
      switch (option) {
        case "--port" -> edge = port(option, value);
        case "--websocket-port" -> webSocket = port(option, value);
        case "--origin-port" -> origin = port(option, value);
        case "--dashboard-port" -> dashboard = port(option, value);
        case "--kafka-port" -> kafka = port(option, value);
        case "--registry-port" -> registry = port(option, value);
        case "--interop" -> interop = OptionalInt.of(port(option, value));
        case "--host" -> host = text(option, value, "an address of this machine");
        case "--data" -> data = text(option, value, "a directory");
        case "--seconds" ->
            time = Optional.of(Duration.ofSeconds(number(option, value, 1, Integer.MAX_VALUE)));
        case "--devices" -> devices = number(option, value, 1, MOST_DEVICES);
        case "--rate" -> rate = number(option, value, 1, HIGHEST_RATE);
        default -> throw new AssertionError(option + " is known, but not read");
      }
    }
    if (command == Command.UP && time.isPresent()) {
      throw new IllegalArgumentException("--seconds belongs to demo; up runs until Ctrl-C");
    }
    if (command == Command.DEMO && interop.isPresent()) {
      throw new IllegalArgumentException("--interop belongs to up; the demo has its own clients");
    }
    AllInOneOptions options =
        AllInOneOptions.in(Path.of(data).toAbsolutePath().normalize())
            .withHost(host)
            .withPorts(new Ports(edge, webSocket, origin, dashboard, kafka, registry));
    options.ports().checkApart(interop);
    if (interop.isPresent()) {
      options = InteropEdge.tolerant(options);
    }
    return new CommandLine(command, options, time, devices, rate, interop);
  }

  private static Command command(String name) {
    return switch (name) {
      case "demo" -> Command.DEMO;
      case "up" -> Command.UP;
      default ->
          throw new IllegalArgumentException(
              "command is '%s', expected demo or up".formatted(name));
    };
  }

  private static String value(List<String> arguments, int option) {
    if (!arguments.get(option).startsWith("--")) {
      throw new IllegalArgumentException(
          "unexpected argument '%s'; './sentinel help' names all".formatted(arguments.get(option)));
    }
    if (!OPTIONS.contains(arguments.get(option))) {
      throw new IllegalArgumentException(
          "unknown option '%s'; './sentinel help' names all".formatted(arguments.get(option)));
    }
    if (option + 1 == arguments.size()) {
      throw new IllegalArgumentException(arguments.get(option) + " needs a value");
    }
    return arguments.get(option + 1);
  }

  private static String text(String option, String value, String expected) {
    if (value.isEmpty()) {
      throw new IllegalArgumentException("%s is '', expected %s".formatted(option, expected));
    }
    return value;
  }

  private static int port(String option, String value) {
    return number(option, value, 0, 65_535);
  }

  private static int number(String option, String value, int least, int most) {
    try {
      int number = Integer.parseInt(value);
      if (number >= least && number <= most) {
        return number;
      }
    } catch (NumberFormatException e) {
      // told below
    }
    throw new IllegalArgumentException(
        "%s is '%s', expected a number from %d to %d".formatted(option, value, least, most));
  }
}
