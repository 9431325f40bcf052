package io.mqttsentinel.allinone;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mqttsentinel.allinone.CommandLine.Command;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class CommandLineTest {

  @Test
  void defaults() {
    CommandLine demo = parse("demo");

    assertEquals(Command.DEMO, demo.command());
    assertEquals(Optional.empty(), demo.time());
    assertEquals(50, demo.devices());
    assertEquals(20, demo.rate());
    assertEquals("127.0.0.1", demo.options().host());
    assertEquals(Ports.usual(), demo.options().ports());
    assertEquals(Path.of("data").toAbsolutePath(), demo.options().dataDirectory());
    assertEquals(Services.ALL, demo.options().services());
  }

  @Test
  void everyOption() {
    CommandLine demo =
        parse(
            "demo --seconds 30 --devices 7 --rate 3 --host 0.0.0.0 --data /somewhere --port 1"
                + " --websocket-port 2 --origin-port 3 --dashboard-port 4 --kafka-port 5"
                + " --registry-port 6");

    assertEquals(Optional.of(Duration.ofSeconds(30)), demo.time());
    assertEquals(7, demo.devices());
    assertEquals(3, demo.rate());
    assertEquals("0.0.0.0", demo.options().host());
    assertEquals(Path.of("/somewhere"), demo.options().dataDirectory());
    assertEquals(new Ports(1, 2, 3, 4, 5, 6), demo.options().ports());
  }

  @Test
  void openListenerIsNotThereUnlessAskedFor() {
    assertEquals(OptionalInt.empty(), parse("up").interop());
    assertEquals(OptionalInt.of(1885), parse("up --interop 1885").interop());
  }

  @Test
  void dataDirectoryOfEnvironment() {
    Map<String, String> environment = Map.of("SENTINEL_DATA", "/elsewhere");

    assertEquals(
        Path.of("/elsewhere"),
        CommandLine.parse(List.of("up"), environment).options().dataDirectory());
    assertEquals(
        Path.of("/here"),
        CommandLine.parse(List.of("up", "--data", "/here"), environment).options().dataDirectory());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "deom|command is 'deom', expected demo or up",
        "demo --port 65536|--port is '65536', expected a number from 0 to 65535",
        "demo --port x|--port is 'x', expected a number from 0 to 65535",
        "demo --seconds 0|--seconds is '0', expected a number from 1 to 2147483647",
        "demo --seconds|--seconds needs a value",
        "demo --colour red|unknown option '--colour'",
        "demo --colour|unknown option '--colour'",
        "demo 30|unexpected argument '30'",
        "up --seconds 30|--seconds belongs to demo",
        "up --devices 5|--devices belongs to demo",
        "up --rate 5|--rate belongs to demo",
        "demo --data _|--data is '', expected a directory",
        "demo --host _|--host is '', expected an address",
        "demo --interop 1885|--interop belongs to up",
        "up --interop 1883|--port and --interop are both 1883, expected two ports",
        "up --interop x|--interop is 'x', expected a number from 0 to 65535",
      })
  void namesWhatIsWrong(String arguments, String message) {
    IllegalArgumentException refusal =
        assertThrows(IllegalArgumentException.class, () -> parse(arguments));

    assertTrue(refusal.getMessage().contains(message), refusal.getMessage());
  }

  private static CommandLine parse(String arguments) {
    List<String> words = List.of(arguments.replace("_", "").split(" ", -1)); // _ is an empty word
    return CommandLine.parse(words, Map.of());
  }
}
