package io.mqttsentinel.e2e;

import io.mqttsentinel.runtime.ServiceMain;
import java.util.Map;
import java.util.Set;

/** Several services in one process, so that a test needs fewer JVMs; the arguments name them. */
final class ServiceGroup {

  private ServiceGroup() {}

  public static void main(String[] services) throws InterruptedException {
    ServiceMain.start(Set.of(services), Map.of());
    Thread.currentThread().join();
  }
}
