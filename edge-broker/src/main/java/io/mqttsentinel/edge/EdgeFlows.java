package io.mqttsentinel.edge;

/** What the handlers of all connections share. */
record EdgeFlows(
    PacketDispatch packets,
    ConnectFlow connects,
    DeliveryFlow deliveries,
    CloseFlow closing,
    EndFlow ends,
    MoquetteServer moquette,
    int receiveMaximum) {}
