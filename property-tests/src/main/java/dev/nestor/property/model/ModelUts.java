package dev.nestor.property.model;

/** A UTS namespace: a name of its own. */
public final class ModelUts extends ModelNs {
    private String nodename;

    ModelUts(ModelUserNs owner, String nodename) {
        super(owner);
        this.nodename = nodename;
    }

    public String nodename() {
        return nodename;
    }

    void setNodename(String name) {
        nodename = name;
    }
}
