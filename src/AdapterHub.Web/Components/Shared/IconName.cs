namespace AdapterHub.Web.Components.Shared;

/// <summary>The drawings that <see cref="Icon"/> knows.</summary>
public enum IconName
{
    Adapter, Alert, ArrowLeft, ArrowRight, BaseModel, Blend, Branch, Check, CheckCircle, ChevronDown, ChevronLeft, ChevronRight, Clock, Close, Code, Commit,
    Copy, Dataset, Document, Download, Edit, External, Eye, File, Filter, Flask, Folder, Gear, Globe, Grid, Heart, HeartFilled, History, Home, Image, Info, Key, Leave, Link,
    List, Lock, Menu, Monitor, Moon, More, People, Plus, Refresh, Run, Scale, Search, Shield, Spark, Star, Sun, Tag, Trash, Upload, User, Warning,
}
