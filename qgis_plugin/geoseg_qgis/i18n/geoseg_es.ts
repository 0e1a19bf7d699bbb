<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="es" sourcelanguage="en">
<context>
    <name>geoseg</name>
    <message>
        <source> m</source>
        <translation> m</translation>
    </message>
    <message>
        <source> m²</source>
        <translation> m²</translation>
    </message>
    <message>
        <source>&amp;Add a raster file…</source>
        <translation>&amp;Añadir un archivo ráster…</translation>
    </message>
    <message>
        <source>&amp;Back</source>
        <translation>&amp;Atrás</translation>
    </message>
    <message>
        <source>&amp;Cancel</source>
        <translation>&amp;Cancelar</translation>
    </message>
    <message>
        <source>&amp;Continue</source>
        <translation>&amp;Continuar</translation>
    </message>
    <message>
        <source>&amp;Copy report</source>
        <translation>&amp;Copiar informe</translation>
    </message>
    <message>
        <source>&amp;Draw a rectangle</source>
        <translation>&amp;Dibujar un rectángulo</translation>
    </message>
    <message>
        <source>&amp;Find buildings</source>
        <translation>&amp;Buscar edificios</translation>
    </message>
    <message>
        <source>&amp;Install</source>
        <translation>&amp;Instalar</translation>
    </message>
    <message>
        <source>&amp;Make an environment (recommended)</source>
        <translation>&amp;Crear un entorno (recomendado)</translation>
    </message>
    <message>
        <source>&amp;Model's default</source>
        <translation>La del m&amp;odelo</translation>
    </message>
    <message>
        <source>&amp;OpenStreetMap file for JOSM</source>
        <translation>Archivo &amp;OpenStreetMap para JOSM</translation>
    </message>
    <message>
        <source>&amp;Python</source>
        <translation>&amp;Python</translation>
    </message>
    <message>
        <source>&amp;Raster layer</source>
        <translation>Capa &amp;ráster</translation>
    </message>
    <message>
        <source>&amp;Repair</source>
        <translation>&amp;Reparar</translation>
    </message>
    <message>
        <source>&amp;Report, without your name, folders and passwords</source>
        <translation>&amp;Informe, sin su nombre, sus carpetas ni contraseñas</translation>
    </message>
    <message>
        <source>&amp;Use a Python that has geoseg already</source>
        <translation>&amp;Usar un Python que ya tenga geoseg</translation>
    </message>
    <message>
        <source>&amp;Use this Python</source>
        <translation>&amp;Usar este Python</translation>
    </message>
    <message>
        <source>&amp;Views of each place</source>
        <translation>&amp;Vistas de cada lugar</translation>
    </message>
    <message>
        <source>&amp;Zoom to result</source>
        <translation>&amp;Zum al resultado</translation>
    </message>
    <message>
        <source>0.50 to 0.65: doubtful</source>
        <translation>0,50 a 0,65: dudoso</translation>
    </message>
    <message>
        <source>0.65 to 0.80: fair</source>
        <translation>0,65 a 0,80: aceptable</translation>
    </message>
    <message>
        <source>0.80 to 0.90: good</source>
        <translation>0,80 a 0,90: bueno</translation>
    </message>
    <message>
        <source>300 is what the bundled model was trained with.</source>
        <translation>300 es con lo que se entrenó el modelo incluido.</translation>
    </message>
    <message>
        <source>A Python that was not found by itself; it is tried first.</source>
        <translation>Un Python que no se encontró automáticamente; se prueba primero.</translation>
    </message>
    <message>
        <source>A building of which less lies in a tile is left out of that tile.</source>
        <translation>Un edificio del que haya menos en una tesela se omite en ella.</translation>
    </message>
    <message>
        <source>A file of weights to find buildings with; empty for the model that geoseg brings.</source>
        <translation>Un archivo de pesos con el que buscar edificios; vacío para el modelo que trae geoseg.</translation>
    </message>
    <message>
        <source>A file that JOSM opens, marked not to be uploaded as it is: look at every building, and discuss an import first.</source>
        <translation>Un archivo que abre JOSM, marcado para que no se suba tal cual: revise cada edificio y consulte antes la importación con la comunidad.</translation>
    </message>
    <message>
        <source>A file with all attributes in the CRS of the raster; the best to go on with.</source>
        <translation>Un archivo con todos los atributos en el SRC del ráster; el mejor para seguir trabajando.</translation>
    </message>
    <message>
        <source>A folder of .whl files, taken before what a package index has.</source>
        <translation>Una carpeta de archivos .whl, que tienen preferencia sobre los de un índice de paquetes.</translation>
    </message>
    <message>
        <source>A folder of tiles must hold annotation.json; {path} does not.</source>
        <translation>Una carpeta de teselas debe contener annotation.json; {path} no lo contiene.</translation>
    </message>
    <message>
        <source>A layer has no field “review”, and keeps its colours by score.</source>
        <translation>Una capa no tiene el campo «review» y conserva sus colores por puntuación.</translation>
    </message>
    <message>
        <source>A layer must have a CRS; {name} has none.</source>
        <translation>Una capa debe tener un SRC; {name} no tiene.</translation>
    </message>
    <message>
        <source>A page with scores, charts and pictures, which needs no other file.</source>
        <translation>Una página con valores, gráficos e imágenes, que no necesita ningún otro archivo.</translation>
    </message>
    <message>
        <source>A raster and its buildings belong together; one of them is missing.</source>
        <translation>Un ráster y sus edificios van juntos; falta uno de los dos.</translation>
    </message>
    <message>
        <source>A raster file with labels, instead of tiles or besides them.</source>
        <translation>Un archivo ráster con etiquetas, en lugar de las teselas o además de ellas.</translation>
    </message>
    <message>
        <source>A text file in longitude and latitude, for the web and other programs.</source>
        <translation>Un archivo de texto en longitud y latitud, para la web y otros programas.</translation>
    </message>
    <message>
        <source>Add a raster file</source>
        <translation>Añadir un archivo ráster</translation>
    </message>
    <message>
        <source>Add a raster file to the project</source>
        <translation>Añadir un archivo ráster al proyecto</translation>
    </message>
    <message>
        <source>Add a raster file to the project, to look for buildings in</source>
        <translation>Añadir al proyecto un archivo ráster en el que buscar edificios</translation>
    </message>
    <message>
        <source>All files</source>
        <translation>Todos los archivos</translation>
    </message>
    <message>
        <source>Also written: {files}</source>
        <translation>También se escribió: {files}</translation>
    </message>
    <message>
        <source>An&amp;other Python</source>
        <translation>&amp;Otro Python</translation>
    </message>
    <message>
        <source>Ar&amp;ea</source>
        <translation>Ár&amp;ea</translation>
    </message>
    <message>
        <source>Area</source>
        <translation>Área</translation>
    </message>
    <message>
        <source>Area looked at, km2</source>
        <translation>Superficie examinada, km2</translation>
    </message>
    <message>
        <source>Area: {problem}</source>
        <translation>Área: {problem}</translation>
    </message>
    <message>
        <source>As a rectangle; leave it empty for everything.</source>
        <translation>Como rectángulo; déjelo vacío para todo.</translation>
    </message>
    <message>
        <source>As found</source>
        <translation>Tal como se encontró</translation>
    </message>
    <message>
        <source>As polygons, in any CRS; instead of an extent.</source>
        <translation>Como polígonos, en cualquier SRC; en lugar de una extensión.</translation>
    </message>
    <message>
        <source>Asking how large they are</source>
        <translation>Consultando su tamaño</translation>
    </message>
    <message>
        <source>At least {size} will be downloaded; the size of {n} is not known.</source>
        <translation>Se descargarán al menos {size}; no se conoce el tamaño de {n}.</translation>
    </message>
    <message>
        <source>Average precision</source>
        <translation>Precisión media (AP)</translation>
    </message>
    <message>
        <source>Bands</source>
        <translation>Bandas</translation>
    </message>
    <message>
        <source>Bands must be one number or three, such as 4,3,2; got {bands}.</source>
        <translation>Las bandas deben ser un número o tres, como 4,3,2; se indicó {bands}.</translation>
    </message>
    <message>
        <source>Batch size</source>
        <translation>Tamaño del lote</translation>
    </message>
    <message>
        <source>Boundary IoU</source>
        <translation>Boundary IoU</translation>
    </message>
    <message>
        <source>Building footprints found by geoseg {version} with the model {model}. They were found by a program: each has a score from 0 to 1, and none was looked at by a person yet.</source>
        <translation>Huellas de edificios encontradas por geoseg {version} con el modelo {model}. Las encontró un programa: cada una tiene una puntuación de 0 a 1, y ninguna ha sido revisada aún por una persona.</translation>
    </message>
    <message>
        <source>Buildings</source>
        <translation>Edificios</translation>
    </message>
    <message>
        <source>Buildings found</source>
        <translation>Edificios encontrados</translation>
    </message>
    <message>
        <source>Buildings in {raster}</source>
        <translation>Edificios en {raster}</translation>
    </message>
    <message>
        <source>Buildings left out</source>
        <translation>Edificios omitidos</translation>
    </message>
    <message>
        <source>Buildings of {raster}, {time}</source>
        <translation>Edificios de {raster}, {time}</translation>
    </message>
    <message>
        <source>Buildings with a lower score are dropped: higher means fewer mistakes and more buildings that are missed. Empty for the value that suits the model.</source>
        <translation>Los edificios con menor puntuación se descartan: más alta significa menos errores y más edificios omitidos. Vacío para el valor adecuado al modelo.</translation>
    </message>
    <message>
        <source>Buildings with a lower score are left out. Empty to take every score.</source>
        <translation>Los edificios con menor puntuación se omiten. Vacío para tomar todas las puntuaciones.</translation>
    </message>
    <message>
        <source>C-IoU</source>
        <translation>C-IoU</translation>
    </message>
    <message>
        <source>CSV files (*.csv)</source>
        <translation>Archivos CSV (*.csv)</translation>
    </message>
    <message>
        <source>Ca&amp;ncel</source>
        <translation>Ca&amp;ncelar</translation>
    </message>
    <message>
        <source>Cancelled.</source>
        <translation>Cancelado.</translation>
    </message>
    <message>
        <source>Cancelled. {n} buildings that were found stay on the map.</source>
        <translation>Cancelado. {n} edificios encontrados permanecen en el mapa.</translation>
    </message>
    <message>
        <source>Cancelling…</source>
        <translation>Cancelando…</translation>
    </message>
    <message>
        <source>Choose a Python</source>
        <translation>Elegir un Python</translation>
    </message>
    <message>
        <source>Choose a Python that has geoseg.</source>
        <translation>Elija un Python que tenga geoseg.</translation>
    </message>
    <message>
        <source>Choose a file.</source>
        <translation>Elija un archivo.</translation>
    </message>
    <message>
        <source>Choose a raster layer.</source>
        <translation>Elija una capa ráster.</translation>
    </message>
    <message>
        <source>Choose at least one result.</source>
        <translation>Elija al menos un resultado.</translation>
    </message>
    <message>
        <source>Choose model weights</source>
        <translation>Elegir los pesos del modelo</translation>
    </message>
    <message>
        <source>Choose the folder of wheels</source>
        <translation>Elegir la carpeta de wheels</translation>
    </message>
    <message>
        <source>Colour the buildings by how sure the model is, or by what you have decided about them in the field “review”.</source>
        <translation>Colorear los edificios según la seguridad del modelo, o según lo que usted haya decidido en el campo «review».</translation>
    </message>
    <message>
        <source>Colours by review</source>
        <translation>Colores por revisión</translation>
    </message>
    <message>
        <source>Colours by score</source>
        <translation>Colores por puntuación</translation>
    </message>
    <message>
        <source>Copy the log</source>
        <translation>Copiar el registro</translation>
    </message>
    <message>
        <source>Copy the report, to paste it into a bug report.</source>
        <translation>Copiar el informe para pegarlo en un aviso de error.</translation>
    </message>
    <message>
        <source>Cuts a raster into georeferenced tiles for labelling or for training: images/ (GeoTIFF), annotation.json (COCO) and tiles.gpkg (an index).

With labels, give the area in which all buildings are drawn: a building that is missing there teaches the model that it is none.</source>
        <translation>Corta un ráster en teselas georreferenciadas para etiquetar o entrenar: images/ (GeoTIFF), annotation.json (COCO) y tiles.gpkg (un índice).

Con etiquetas, indique el área en la que están dibujados todos los edificios: un edificio que falte allí enseña al modelo que no lo es.</translation>
    </message>
    <message>
        <source>Date of the raster</source>
        <translation>Fecha del ráster</translation>
    </message>
    <message>
        <source>Delete the environment and free the disk.</source>
        <translation>Borrar el entorno y liberar el disco.</translation>
    </message>
    <message>
        <source>Details</source>
        <translation>Detalles</translation>
    </message>
    <message>
        <source>Device</source>
        <translation>Dispositivo</translation>
    </message>
    <message>
        <source>Device must be auto, cpu, gpu or gpu:N; got {device}.</source>
        <translation>El dispositivo debe ser auto, cpu, gpu o gpu:N; se indicó {device}.</translation>
    </message>
    <message>
        <source>Do without the &amp;internet</source>
        <translation>Prescindir de &amp;internet</translation>
    </message>
    <message>
        <source>Download and install what is listed.</source>
        <translation>Descargar e instalar lo que aparece en la lista.</translation>
    </message>
    <message>
        <source>Downloading and installing packages</source>
        <translation>Descargando e instalando paquetes</translation>
    </message>
    <message>
        <source>Drag a rectangle over the map with the mouse.</source>
        <translation>Arrastre un rectángulo sobre el mapa con el ratón.</translation>
    </message>
    <message>
        <source>Drawing the buildings</source>
        <translation>Dibujando los edificios</translation>
    </message>
    <message>
        <source>Empty the log</source>
        <translation>Vaciar el registro</translation>
    </message>
    <message>
        <source>Engine</source>
        <translation>Motor</translation>
    </message>
    <message>
        <source>Estimate again</source>
        <translation>Volver a estimar</translation>
    </message>
    <message>
        <source>Estimating</source>
        <translation>Estimando</translation>
    </message>
    <message>
        <source>Estimating…</source>
        <translation>Estimando…</translation>
    </message>
    <message>
        <source>Evaluate buildings</source>
        <translation>Evaluar edificios</translation>
    </message>
    <message>
        <source>Export OSM</source>
        <translation>Exportar OSM</translation>
    </message>
    <message>
        <source>Extent</source>
        <translation>Extensión</translation>
    </message>
    <message>
        <source>Extract buildings</source>
        <translation>Extraer edificios</translation>
    </message>
    <message>
        <source>F&amp;older of wheels</source>
        <translation>C&amp;arpeta de wheels</translation>
    </message>
    <message>
        <source>F1</source>
        <translation>F1</translation>
    </message>
    <message>
        <source>Fetching the imagery</source>
        <translation>Descargando las imágenes</translation>
    </message>
    <message>
        <source>File of weights, such as a training gives. Empty for the bundled model.</source>
        <translation>Archivo de pesos, como el que da un entrenamiento. Vacío para el modelo incluido.</translation>
    </message>
    <message>
        <source>File to write. Of many buildings there are several files, with numbers.</source>
        <translation>Archivo que se escribirá. Si hay muchos edificios, son varios archivos numerados.</translation>
    </message>
    <message>
        <source>Files, one a line</source>
        <translation>Archivos, uno por línea</translation>
    </message>
    <message>
        <source>Find buildings</source>
        <translation>Buscar edificios</translation>
    </message>
    <message>
        <source>Find buildings in aerial imagery</source>
        <translation>Buscar edificios en imágenes aéreas</translation>
    </message>
    <message>
        <source>Finding out which packages are needed</source>
        <translation>Averiguando qué paquetes hacen falta</translation>
    </message>
    <message>
        <source>Finds buildings and trains models, with TensorFlow. About 3 GB on the disk.</source>
        <translation>Busca edificios y entrena modelos, con TensorFlow. Unos 3 GB en el disco.</translation>
    </message>
    <message>
        <source>Finds buildings, with ONNX Runtime. About 1 GB on the disk.</source>
        <translation>Busca edificios, con ONNX Runtime. Alrededor de 1 GB en el disco.</translation>
    </message>
    <message>
        <source>Finds the buildings in aerial or satellite imagery and writes their footprints, each with a score from 0 to 1 and its area in square metres.

The raster may be a file or a service (XYZ, WMS, WMTS); of a service, the part inside the extent or area is fetched first. Pixels of 0.15 to 0.4 m work best. A run that was cancelled goes on where it stopped if it is started again with the same parameters and a result that is not temporary.

The program does not know whether the licence of the imagery allows what you want to do with the footprints.</source>
        <translation>Busca los edificios en imágenes aéreas o de satélite y escribe sus huellas, cada una con una puntuación de 0 a 1 y su superficie en metros cuadrados.

El ráster puede ser un archivo o un servicio (XYZ, WMS, WMTS); de un servicio se descarga primero la parte dentro de la extensión o del área. Lo mejor son píxeles de 0,15 a 0,4 m. Una ejecución cancelada continúa donde se detuvo si se inicia otra vez con los mismos parámetros y un resultado que no sea temporal.

El programa no sabe si la licencia de las imágenes permite lo que usted quiere hacer con las huellas.</translation>
    </message>
    <message>
        <source>Folder for the tiles, new or empty.</source>
        <translation>Carpeta para las teselas, nueva o vacía.</translation>
    </message>
    <message>
        <source>Folder of the run</source>
        <translation>Carpeta de la ejecución</translation>
    </message>
    <message>
        <source>Folder of tiles</source>
        <translation>Carpeta de teselas</translation>
    </message>
    <message>
        <source>Footprints to judge; with a field score, the best are matched first.</source>
        <translation>Huellas que se juzgan; con un campo score, las mejores se emparejan primero.</translation>
    </message>
    <message>
        <source>Footprints, in any CRS.</source>
        <translation>Huellas, en cualquier SRC.</translation>
    </message>
    <message>
        <source>For those who have installed geoseg themselves.</source>
        <translation>Para quienes han instalado geoseg por su cuenta.</translation>
    </message>
    <message>
        <source>Full</source>
        <translation>Completo</translation>
    </message>
    <message>
        <source>Geo&amp;JSON</source>
        <translation>Geo&amp;JSON</translation>
    </message>
    <message>
        <source>Geo&amp;Package</source>
        <translation>Geo&amp;Package</translation>
    </message>
    <message>
        <source>GeoJSON</source>
        <translation>GeoJSON</translation>
    </message>
    <message>
        <source>GeoPackage</source>
        <translation>GeoPackage</translation>
    </message>
    <message>
        <source>Give an extent or an area, not both.</source>
        <translation>Indique una extensión o un área, no ambas.</translation>
    </message>
    <message>
        <source>Give the whole path of the file.</source>
        <translation>Indique la ruta completa del archivo.</translation>
    </message>
    <message>
        <source>Go on</source>
        <translation>Continuar</translation>
    </message>
    <message>
        <source>Go on with the run in the folder, which was interrupted.</source>
        <translation>Continuar la ejecución interrumpida de la carpeta.</translation>
    </message>
    <message>
        <source>Goes on training the bundled model, or another one, with your own labels: a folder that Tile raster with labels has made, or a raster with the buildings that you drew on it and the area in which they are complete. The weights that come of it are what Extract buildings takes as its model.

Training needs the full set-up with TensorFlow, and time: hours without a GPU. One that was cancelled goes on if Go on is ticked.</source>
        <translation>Sigue entrenando el modelo incluido, u otro, con sus propias etiquetas: una carpeta creada por «Teselar ráster con etiquetas», o un ráster con los edificios que usted dibujó en él y el área en la que están completos. Los pesos resultantes son los que «Extraer edificios» toma como modelo.

El entrenamiento necesita la configuración completa con TensorFlow, y tiempo: horas sin GPU. Uno cancelado continúa si se marca «Continuar».</translation>
    </message>
    <message>
        <source>Going on after {done} of {total} parts.</source>
        <translation>Se continúa tras {done} de {total} partes.</translation>
    </message>
    <message>
        <source>HTML files (*.html)</source>
        <translation>Archivos HTML (*.html)</translation>
    </message>
    <message>
        <source>How far a simplified outline may be from the detected one: larger gives fewer vertices.</source>
        <translation>Cuánto puede apartarse un contorno simplificado del detectado: más da menos vértices.</translation>
    </message>
    <message>
        <source>How far an outline may be from what was detected, metres on the ground. More gives straighter walls and fewer corners.</source>
        <translation>Cuánto puede apartarse un contorno de lo detectado, en metros sobre el terreno. Un valor mayor da muros más rectos y menos esquinas.</translation>
    </message>
    <message>
        <source>How far the search for buildings is.</source>
        <translation>Cuánto ha avanzado la búsqueda de edificios.</translation>
    </message>
    <message>
        <source>How far this step is.</source>
        <translation>Cuánto ha avanzado este paso.</translation>
    </message>
    <message>
        <source>How long to train. A step looks at as many samples as the batch size says.</source>
        <translation>Cuánto entrenar. Un paso mira tantas muestras como indica el tamaño del lote.</translation>
    </message>
    <message>
        <source>How often each place is looked at, mirrored and turned: more is better, and as much slower.</source>
        <translation>Cuántas veces se mira cada lugar, reflejado y girado: más es mejor, y otro tanto más lento.</translation>
    </message>
    <message>
        <source>How sure the model has to be of a building, 0 to 1. Lower finds more buildings, and more that are none.</source>
        <translation>Cuán seguro debe estar el modelo de un edificio, de 0 a 1. Un valor menor encuentra más edificios, y más que no lo son.</translation>
    </message>
    <message>
        <source>Imagery</source>
        <translation>Imágenes</translation>
    </message>
    <message>
        <source>In use: geoseg {version}, {kind}, in {folder}</source>
        <translation>En uso: geoseg {version}, {kind}, en {folder}</translation>
    </message>
    <message>
        <source>In use: the Python {path}</source>
        <translation>En uso: el Python {path}</translation>
    </message>
    <message>
        <source>Install geoseg into a folder of its own, beside the settings of QGIS.</source>
        <translation>Instalar geoseg en una carpeta propia, junto a la configuración de QGIS.</translation>
    </message>
    <message>
        <source>Installing geoseg</source>
        <translation>Instalando geoseg</translation>
    </message>
    <message>
        <source>Intersection over union that two outlines need to be the same building.</source>
        <translation>Intersección sobre unión que necesitan dos contornos para ser el mismo edificio.</translation>
    </message>
    <message>
        <source>Keep the buildings in a layer in memory, which is gone when the project is closed.</source>
        <translation>Mantener los edificios en una capa en memoria, que desaparece al cerrar el proyecto.</translation>
    </message>
    <message>
        <source>Kind of installation</source>
        <translation>Tipo de instalación</translation>
    </message>
    <message>
        <source>Labelled tiles of other places; the weights that do best on them are kept.</source>
        <translation>Teselas etiquetadas de otros lugares; se conservan los pesos que mejor funcionan en ellas.</translation>
    </message>
    <message>
        <source>Labelled tiles: a folder with images/ and annotation.json.</source>
        <translation>Teselas etiquetadas: una carpeta con images/ y annotation.json.</translation>
    </message>
    <message>
        <source>Layer of the area's polygons</source>
        <translation>Capa con los polígonos del área</translation>
    </message>
    <message>
        <source>Least &amp;ground area</source>
        <translation>Superficie &amp;mínima</translation>
    </message>
    <message>
        <source>Least &amp;score</source>
        <translation>&amp;Puntuación mínima</translation>
    </message>
    <message>
        <source>Least IoU of a match</source>
        <translation>IoU mínima de una correspondencia</translation>
    </message>
    <message>
        <source>Least area, square metres</source>
        <translation>Superficie mínima, metros cuadrados</translation>
    </message>
    <message>
        <source>Least score</source>
        <translation>Puntuación mínima</translation>
    </message>
    <message>
        <source>Least visible share</source>
        <translation>Parte visible mínima</translation>
    </message>
    <message>
        <source>Leave out polygons that are not selected.</source>
        <translation>Omitir los polígonos que no están seleccionados.</translation>
    </message>
    <message>
        <source>Light</source>
        <translation>Ligero</translation>
    </message>
    <message>
        <source>Log</source>
        <translation>Registro</translation>
    </message>
    <message>
        <source>Look at every place so often, mirrored and turned: finds buildings better, and takes as many times longer.</source>
        <translation>Mirar cada lugar ese número de veces, reflejado y girado: encuentra mejor los edificios y tarda otras tantas veces más.</translation>
    </message>
    <message>
        <source>Look for Pythons again</source>
        <translation>Volver a buscar Python</translation>
    </message>
    <message>
        <source>Look for buildings in the background.</source>
        <translation>Buscar edificios en segundo plano.</translation>
    </message>
    <message>
        <source>Looking at the imagery</source>
        <translation>Examinando las imágenes</translation>
    </message>
    <message>
        <source>Looking for Pythons</source>
        <translation>Buscando Python</translation>
    </message>
    <message>
        <source>Looking for Pythons…</source>
        <translation>Buscando Python…</translation>
    </message>
    <message>
        <source>Making an empty environment</source>
        <translation>Creando un entorno vacío</translation>
    </message>
    <message>
        <source>Matches</source>
        <translation>Correspondencias</translation>
    </message>
    <message>
        <source>Matches footprints one to one with true ones, the best score first, and tells precision, recall and F1, and how well the outlines of the matches follow the truth: IoU, C-IoU, boundary IoU, PoLiS, splits and merges.

The two layers may be in different CRSs. Give the area in which the true buildings are complete, or everything outside of it counts as a mistake.</source>
        <translation>Empareja las huellas una a una con las verdaderas, la de mejor puntuación primero, e indica precisión, exhaustividad y F1, y lo bien que los contornos emparejados siguen la verdad: IoU, C-IoU, boundary IoU, PoLiS, divisiones y fusiones.

Las dos capas pueden tener SRC distintos. Indique el área en la que los edificios verdaderos están completos, o todo lo que quede fuera contará como error.</translation>
    </message>
    <message>
        <source>Mean IoU of the matches</source>
        <translation>IoU media de las correspondencias</translation>
    </message>
    <message>
        <source>Merges</source>
        <translation>Fusiones</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>Modelo</translation>
    </message>
    <message>
        <source>Model &amp;weights</source>
        <translation>&amp;Pesos del modelo</translation>
    </message>
    <message>
        <source>Model weights</source>
        <translation>Pesos del modelo</translation>
    </message>
    <message>
        <source>Model weights: {problem}</source>
        <translation>Pesos del modelo: {problem}</translation>
    </message>
    <message>
        <source>More</source>
        <translation>Más</translation>
    </message>
    <message>
        <source>New folder for settings, log, checkpoints and the weights, model.npz.</source>
        <translation>Carpeta nueva para configuración, registro, puntos de control y los pesos, model.npz.</translation>
    </message>
    <message>
        <source>No buildings were found. A lower score may find some.</source>
        <translation>No se encontraron edificios. Con una puntuación menor quizá aparezcan.</translation>
    </message>
    <message>
        <source>No estimate: {message}</source>
        <translation>Sin estimación: {message}</translation>
    </message>
    <message>
        <source>No feature of the layer is selected.</source>
        <translation>No hay ningún objeto espacial seleccionado en la capa.</translation>
    </message>
    <message>
        <source>No rectangle is drawn yet.</source>
        <translation>Aún no se ha dibujado ningún rectángulo.</translation>
    </message>
    <message>
        <source>None found</source>
        <translation>No se encontró ninguno</translation>
    </message>
    <message>
        <source>Nothing has to be downloaded.</source>
        <translation>No hay que descargar nada.</translation>
    </message>
    <message>
        <source>Nothing is selected in the layer {name}.</source>
        <translation>No hay nada seleccionado en la capa {name}.</translation>
    </message>
    <message>
        <source>Number of buildings</source>
        <translation>Número de edificios</translation>
    </message>
    <message>
        <source>Number of labels</source>
        <translation>Número de etiquetas</translation>
    </message>
    <message>
        <source>Number of tiles</source>
        <translation>Número de teselas</translation>
    </message>
    <message>
        <source>Numbers of the bands for red, green and blue, such as 4,3,2; one number for grey. Empty for the bands that the raster calls so, otherwise the first three.</source>
        <translation>Números de las bandas para rojo, verde y azul, como 4,3,2; un número para gris. Vacío para las bandas que el ráster llama así, o si no las tres primeras.</translation>
    </message>
    <message>
        <source>One line for each building, with its partner.</source>
        <translation>Una línea por edificio, con su pareja.</translation>
    </message>
    <message>
        <source>Only buildings with their centre in these polygons count, on both sides.</source>
        <translation>Solo cuentan los edificios con su centro en estos polígonos, en ambos lados.</translation>
    </message>
    <message>
        <source>Only what lies inside its polygons is looked at.</source>
        <translation>Solo se mira lo que está dentro de sus polígonos.</translation>
    </message>
    <message>
        <source>OpenStreetMap file</source>
        <translation>Archivo OpenStreetMap</translation>
    </message>
    <message>
        <source>OpenStreetMap files (*.osm)</source>
        <translation>Archivos OpenStreetMap (*.osm)</translation>
    </message>
    <message>
        <source>Opening the buildings</source>
        <translation>Abriendo los edificios</translation>
    </message>
    <message>
        <source>Outline &amp;tolerance</source>
        <translation>&amp;Tolerancia</translation>
    </message>
    <message>
        <source>Outlines of buildings, in any CRS. Without them the tiles have no labels.</source>
        <translation>Contornos de edificios, en cualquier SRC. Sin ellos las teselas no tienen etiquetas.</translation>
    </message>
    <message>
        <source>Outlines of the buildings on the raster, in any CRS.</source>
        <translation>Contornos de los edificios del ráster, en cualquier SRC.</translation>
    </message>
    <message>
        <source>Overlap, pixels</source>
        <translation>Solapamiento, píxeles</translation>
    </message>
    <message>
        <source>Package</source>
        <translation>Paquete</translation>
    </message>
    <message>
        <source>Packages</source>
        <translation>Paquetes</translation>
    </message>
    <message>
        <source>Packages from a folder</source>
        <translation>Paquetes de una carpeta</translation>
    </message>
    <message>
        <source>Pixel size, metres</source>
        <translation>Tamaño del píxel, metros</translation>
    </message>
    <message>
        <source>Pixels that two neighbouring tiles of 300 x 300 share.</source>
        <translation>Píxeles que comparten dos teselas vecinas de 300 x 300.</translation>
    </message>
    <message>
        <source>Pixels that two neighbouring tiles share; less than the side of a tile.</source>
        <translation>Píxeles que comparten dos teselas vecinas; menos que el lado de una tesela.</translation>
    </message>
    <message>
        <source>PoLiS, metres</source>
        <translation>PoLiS, metros</translation>
    </message>
    <message>
        <source>Polygons of a layer</source>
        <translation>Polígonos de una capa</translation>
    </message>
    <message>
        <source>Precision</source>
        <translation>Precisión</translation>
    </message>
    <message>
        <source>Preparing geoseg</source>
        <translation>Preparando geoseg</translation>
    </message>
    <message>
        <source>Press the arrow to measure; a small part is fetched for that.</source>
        <translation>Pulse la flecha para medir; para ello se descarga una pequeña parte.</translation>
    </message>
    <message>
        <source>Progress</source>
        <translation>Progreso</translation>
    </message>
    <message>
        <source>Python {version}, downloaded by uv</source>
        <translation>Python {version}, descargado por uv</translation>
    </message>
    <message>
        <source>Python {version}, {origin}: {path}</source>
        <translation>Python {version}, {origin}: {path}</translation>
    </message>
    <message>
        <source>Raster</source>
        <translation>Ráster</translation>
    </message>
    <message>
        <source>Read it before you pass it on.</source>
        <translation>Léalo antes de pasarlo a otras personas.</translation>
    </message>
    <message>
        <source>Recall</source>
        <translation>Exhaustividad</translation>
    </message>
    <message>
        <source>Rectangle drawn on the map</source>
        <translation>Rectángulo dibujado en el mapa</translation>
    </message>
    <message>
        <source>Remo&amp;ve…</source>
        <translation>&amp;Quitar…</translation>
    </message>
    <message>
        <source>Remove geoseg</source>
        <translation>Quitar geoseg</translation>
    </message>
    <message>
        <source>Remove the environment of geoseg? It can be made again at any time.</source>
        <translation>¿Quitar el entorno de geoseg? Se puede volver a crear en cualquier momento.</translation>
    </message>
    <message>
        <source>Removing</source>
        <translation>Quitando</translation>
    </message>
    <message>
        <source>Removing geoseg</source>
        <translation>Quitando geoseg</translation>
    </message>
    <message>
        <source>Repairing geoseg</source>
        <translation>Reparando geoseg</translation>
    </message>
    <message>
        <source>Replace files</source>
        <translation>Reemplazar archivos</translation>
    </message>
    <message>
        <source>Replace them?</source>
        <translation>¿Reemplazarlos?</translation>
    </message>
    <message>
        <source>Report</source>
        <translation>Informe</translation>
    </message>
    <message>
        <source>Result</source>
        <translation>Resultado</translation>
    </message>
    <message>
        <source>Result: {problem}</source>
        <translation>Resultado: {problem}</translation>
    </message>
    <message>
        <source>Review</source>
        <translation>Revisión</translation>
    </message>
    <message>
        <source>Reviewed as</source>
        <translation>Revisado como</translation>
    </message>
    <message>
        <source>Rules for imports into OpenStreetMap apply: discuss it first, look at every building, and check the licence of the imagery.</source>
        <translation>Se aplican las reglas de importación en OpenStreetMap: consúltelo antes, revise cada edificio y compruebe la licencia de las imágenes.</translation>
    </message>
    <message>
        <source>Run of</source>
        <translation>Ejecución del</translation>
    </message>
    <message>
        <source>SHA-256 of the weights</source>
        <translation>SHA-256 de los pesos</translation>
    </message>
    <message>
        <source>Samples in a step: more need more memory. Empty for the usual value.</source>
        <translation>Muestras en un paso: más necesitan más memoria. Vacío para el valor habitual.</translation>
    </message>
    <message>
        <source>Save the buildings</source>
        <translation>Guardar los edificios</translation>
    </message>
    <message>
        <source>Se&amp;lected features only</source>
        <translation>&amp;Solo objetos seleccionados</translation>
    </message>
    <message>
        <source>Se&amp;lected features only ({count})</source>
        <translation>&amp;Solo objetos seleccionados ({count})</translation>
    </message>
    <message>
        <source>Seconds</source>
        <translation>Segundos</translation>
    </message>
    <message>
        <source>Set &amp;up…</source>
        <translation>&amp;Configurar…</translation>
    </message>
    <message>
        <source>Set up geoseg</source>
        <translation>Configurar geoseg</translation>
    </message>
    <message>
        <source>Show all buildings that were found on the map.</source>
        <translation>Mostrar en el mapa todos los edificios encontrados.</translation>
    </message>
    <message>
        <source>Show the log, and a report that can be copied.</source>
        <translation>Mostrar el registro y un informe que se puede copiar.</translation>
    </message>
    <message>
        <source>Show what will be downloaded; nothing is installed yet.</source>
        <translation>Mostrar lo que se descargará; todavía no se instala nada.</translation>
    </message>
    <message>
        <source>Side of a tile, pixels</source>
        <translation>Lado de una tesela, píxeles</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>Tamaño</translation>
    </message>
    <message>
        <source>Size of the tiles' pixels on the ground. Empty for the raster's own pixels.</source>
        <translation>Tamaño de los píxeles de las teselas sobre el terreno. Vacío para los píxeles del propio ráster.</translation>
    </message>
    <message>
        <source>Smaller buildings are dropped. True area on the ground, whatever the CRS.</source>
        <translation>Los edificios menores se descartan. Superficie real sobre el terreno, sea cual sea el SRC.</translation>
    </message>
    <message>
        <source>Smaller buildings are left out, square metres.</source>
        <translation>Los edificios menores se omiten, en metros cuadrados.</translation>
    </message>
    <message>
        <source>Smaller buildings are left out.</source>
        <translation>Los edificios menores se omiten.</translation>
    </message>
    <message>
        <source>Something unforeseen happened: {error}</source>
        <translation>Ocurrió algo imprevisto: {error}</translation>
    </message>
    <message>
        <source>Splits</source>
        <translation>Divisiones</translation>
    </message>
    <message>
        <source>Start from</source>
        <translation>Partir de</translation>
    </message>
    <message>
        <source>Start from a file</source>
        <translation>Partir de un archivo</translation>
    </message>
    <message>
        <source>Starting…</source>
        <translation>Iniciando…</translation>
    </message>
    <message>
        <source>Steps</source>
        <translation>Pasos</translation>
    </message>
    <message>
        <source>Steps done</source>
        <translation>Pasos realizados</translation>
    </message>
    <message>
        <source>Still in use, and removed later:</source>
        <translation>Aún en uso; se quitará más tarde:</translation>
    </message>
    <message>
        <source>Stop. What was found so far stays on the map, and the next run can go on from it.</source>
        <translation>Detener. Lo encontrado hasta ahora permanece en el mapa, y la próxima ejecución puede continuar desde ahí.</translation>
    </message>
    <message>
        <source>Stop; what was in use stays in use.</source>
        <translation>Detener; lo que estaba en uso sigue en uso.</translation>
    </message>
    <message>
        <source>Style of the result</source>
        <translation>Estilo del resultado</translation>
    </message>
    <message>
        <source>Table of buildings</source>
        <translation>Tabla de edificios</translation>
    </message>
    <message>
        <source>Take packages from this folder and from nowhere else.</source>
        <translation>Tomar los paquetes de esta carpeta y de ningún otro sitio.</translation>
    </message>
    <message>
        <source>Take the score at which the model is best on the whole.</source>
        <translation>Tomar la puntuación con la que el modelo es mejor en conjunto.</translation>
    </message>
    <message>
        <source>Temporar&amp;y layer</source>
        <translation>&amp;Capa temporal</translation>
    </message>
    <message>
        <source>The Python chosen in the settings of geoseg</source>
        <translation>El Python elegido en la configuración de geoseg</translation>
    </message>
    <message>
        <source>The Python program of an environment that has geoseg in it.</source>
        <translation>El programa Python de un entorno que contiene geoseg.</translation>
    </message>
    <message>
        <source>The Python that the environment is made with: 3.10, 3.11 or 3.12, 64 bit.</source>
        <translation>El Python con el que se crea el entorno: 3.10, 3.11 o 3.12, de 64 bits.</translation>
    </message>
    <message>
        <source>The area belongs to a raster; there is none.</source>
        <translation>El área pertenece a un ráster; no hay ninguno.</translation>
    </message>
    <message>
        <source>The area cannot be written to {path}: {why}</source>
        <translation>El área no se puede escribir en {path}: {why}</translation>
    </message>
    <message>
        <source>The area is outside the raster.</source>
        <translation>El área está fuera del ráster.</translation>
    </message>
    <message>
        <source>The area must be a polygon layer; {name} is none.</source>
        <translation>El área debe ser una capa de polígonos; {name} no lo es.</translation>
    </message>
    <message>
        <source>The area must have a CRS; {name} has none.</source>
        <translation>El área debe tener un SRC; {name} no tiene.</translation>
    </message>
    <message>
        <source>The area must touch the raster; {name} lies elsewhere.</source>
        <translation>El área debe tocar el ráster; {name} está en otro lugar.</translation>
    </message>
    <message>
        <source>The area {name} holds no polygon.</source>
        <translation>El área {name} no contiene ningún polígono.</translation>
    </message>
    <message>
        <source>The area {name} is empty.</source>
        <translation>El área {name} está vacía.</translation>
    </message>
    <message>
        <source>The area {name} reaches to where {crs} is not defined.</source>
        <translation>El área {name} llega hasta donde {crs} no está definido.</translation>
    </message>
    <message>
        <source>The bundled model</source>
        <translation>El modelo incluido</translation>
    </message>
    <message>
        <source>The bundled model, a network that knows photographs (imagenet), or nothing.</source>
        <translation>El modelo incluido, una red que conoce fotografías (imagenet), o nada.</translation>
    </message>
    <message>
        <source>The environment was removed.</source>
        <translation>El entorno se ha quitado.</translation>
    </message>
    <message>
        <source>The environment will take about {size}; {free} are free.</source>
        <translation>El entorno ocupará unos {size}; hay {free} libres.</translation>
    </message>
    <message>
        <source>The file to write. You are asked before a file is replaced.</source>
        <translation>El archivo que se escribirá. Se le pregunta antes de reemplazar un archivo.</translation>
    </message>
    <message>
        <source>The folder of the result must be new or empty; {path} is not.</source>
        <translation>La carpeta del resultado debe ser nueva o estar vacía; {path} no lo está.</translation>
    </message>
    <message>
        <source>The folder of the result must exist; there is none at {path}.</source>
        <translation>La carpeta del resultado debe existir; no hay ninguna en {path}.</translation>
    </message>
    <message>
        <source>The folder of wheels is not there.</source>
        <translation>La carpeta de wheels no existe.</translation>
    </message>
    <message>
        <source>The footprints; the ending of the file chooses the format.</source>
        <translation>Las huellas; la extensión del archivo elige el formato.</translation>
    </message>
    <message>
        <source>The image in which buildings are looked for: a file, or a map or tile service.</source>
        <translation>La imagen en la que se buscan edificios: un archivo, o un servicio de mapas o de teselas.</translation>
    </message>
    <message>
        <source>The imagery of a report must be a file; {name} is a service.</source>
        <translation>Las imágenes de un informe deben ser un archivo; {name} es un servicio.</translation>
    </message>
    <message>
        <source>The layer has no coordinate reference system.</source>
        <translation>La capa no tiene sistema de referencia de coordenadas.</translation>
    </message>
    <message>
        <source>The layer has no polygons.</source>
        <translation>La capa no tiene polígonos.</translation>
    </message>
    <message>
        <source>The layer {name} cannot be read.</source>
        <translation>La capa {name} no se puede leer.</translation>
    </message>
    <message>
        <source>The layer {name} has no field review; choose all to export it as it is.</source>
        <translation>La capa {name} no tiene el campo review; elija «all» para exportarla tal cual.</translation>
    </message>
    <message>
        <source>The layer {name} has no field score; leave the least score empty.</source>
        <translation>La capa {name} no tiene el campo score; deje vacía la puntuación mínima.</translation>
    </message>
    <message>
        <source>The licence of the imagery is not known to geoseg. It may restrict what may be done with footprints that were drawn from it.</source>
        <translation>geoseg no conoce la licencia de las imágenes. Puede restringir lo que se puede hacer con las huellas dibujadas a partir de ellas.</translation>
    </message>
    <message>
        <source>The name of the OpenStreetMap file must end in .osm; got {file}.</source>
        <translation>El nombre del archivo OpenStreetMap debe terminar en .osm; se indicó {file}.</translation>
    </message>
    <message>
        <source>The name of the result must end in .osm; got {file}.</source>
        <translation>El nombre del resultado debe terminar en .osm; se indicó {file}.</translation>
    </message>
    <message>
        <source>The name of the result must end in one of {endings}; got {file}.</source>
        <translation>El nombre del resultado debe terminar en uno de {endings}; se indicó {file}.</translation>
    </message>
    <message>
        <source>The overlap must be less than a tile; got {overlap} and {side}.</source>
        <translation>El solapamiento debe ser menor que una tesela; se indicó {overlap} y {side}.</translation>
    </message>
    <message>
        <source>The part of the raster in which buildings are looked for.</source>
        <translation>La parte del ráster en la que se buscan edificios.</translation>
    </message>
    <message>
        <source>The path of a raster to train on must have no comma; got {path}.</source>
        <translation>La ruta de un ráster de entrenamiento no debe tener comas; se indicó {path}.</translation>
    </message>
    <message>
        <source>The place of {name} on the ground is not known.</source>
        <translation>No se conoce la posición de {name} sobre el terreno.</translation>
    </message>
    <message>
        <source>The project has no polygon layer.</source>
        <translation>El proyecto no tiene ninguna capa de polígonos.</translation>
    </message>
    <message>
        <source>The project has no raster layer yet. Add an aerial image to begin with.</source>
        <translation>El proyecto aún no tiene ninguna capa ráster. Añada primero una imagen aérea.</translation>
    </message>
    <message>
        <source>The raster cannot be used.</source>
        <translation>El ráster no se puede usar.</translation>
    </message>
    <message>
        <source>The raster layer {name} cannot be read.</source>
        <translation>La capa ráster {name} no se puede leer.</translation>
    </message>
    <message>
        <source>The raster must have a CRS; set that of {name} in its properties.</source>
        <translation>El ráster debe tener un SRC; establezca el de {name} en sus propiedades.</translation>
    </message>
    <message>
        <source>The raster to cut.</source>
        <translation>El ráster que se corta.</translation>
    </message>
    <message>
        <source>The raster to look at: any bands and bit depth, in any CRS.</source>
        <translation>El ráster que se examina: con cualesquiera bandas y profundidad de bits, en cualquier SRC.</translation>
    </message>
    <message>
        <source>The raster {name} cannot be read.</source>
        <translation>El ráster {name} no se puede leer.</translation>
    </message>
    <message>
        <source>The result must be a folder; {path} is a file.</source>
        <translation>El resultado debe ser una carpeta; {path} es un archivo.</translation>
    </message>
    <message>
        <source>The result must not replace the raster itself.</source>
        <translation>El resultado no debe reemplazar el propio ráster.</translation>
    </message>
    <message>
        <source>The same buildings for JOSM, marked not to be uploaded as they are; several files if there are many.</source>
        <translation>Los mismos edificios para JOSM, marcados para que no se suban tal cual; varios archivos si son muchos.</translation>
    </message>
    <message>
        <source>The size on the ground of the pixels that the imagery is looked at with. Empty for that of the model.</source>
        <translation>El tamaño sobre el terreno de los píxeles con que se examinan las imágenes. Vacío para el del modelo.</translation>
    </message>
    <message>
        <source>Their layers are removed from the project.</source>
        <translation>Sus capas se quitan del proyecto.</translation>
    </message>
    <message>
        <source>There are no weights at {path}.</source>
        <translation>No hay pesos en {path}.</translation>
    </message>
    <message>
        <source>There is no Python to make the environment with.</source>
        <translation>No hay ningún Python con el que crear el entorno.</translation>
    </message>
    <message>
        <source>There is no model {file}.</source>
        <translation>No existe el modelo {file}.</translation>
    </message>
    <message>
        <source>There is no such file.</source>
        <translation>No existe tal archivo.</translation>
    </message>
    <message>
        <source>There is no such folder.</source>
        <translation>No existe tal carpeta.</translation>
    </message>
    <message>
        <source>There is not enough room on the disk.</source>
        <translation>No hay suficiente espacio en el disco.</translation>
    </message>
    <message>
        <source>There must be something to learn from: a folder of tiles, or a raster.</source>
        <translation>Debe haber algo de lo que aprender: una carpeta de teselas o un ráster.</translation>
    </message>
    <message>
        <source>These files are there already:</source>
        <translation>Estos archivos ya existen:</translation>
    </message>
    <message>
        <source>This Python cannot tell beforehand what will be downloaded.</source>
        <translation>Este Python no puede decir de antemano qué se descargará.</translation>
    </message>
    <message>
        <source>This cannot be written.</source>
        <translation>Esto no se puede escribir.</translation>
    </message>
    <message>
        <source>This is a folder.</source>
        <translation>Esto es una carpeta.</translation>
    </message>
    <message>
        <source>This is the raster itself.</source>
        <translation>Este es el propio ráster.</translation>
    </message>
    <message>
        <source>Tile raster with labels</source>
        <translation>Teselar ráster con etiquetas</translation>
    </message>
    <message>
        <source>Tiles</source>
        <translation>Teselas</translation>
    </message>
    <message>
        <source>Tiles looked at</source>
        <translation>Teselas examinadas</translation>
    </message>
    <message>
        <source>Tiles to score on</source>
        <translation>Teselas para puntuar</translation>
    </message>
    <message>
        <source>Tiles without data</source>
        <translation>Teselas sin datos</translation>
    </message>
    <message>
        <source>Tolerance, metres</source>
        <translation>Tolerancia, metros</translation>
    </message>
    <message>
        <source>Train model</source>
        <translation>Entrenar modelo</translation>
    </message>
    <message>
        <source>Training</source>
        <translation>Entrenamiento</translation>
    </message>
    <message>
        <source>True buildings</source>
        <translation>Edificios verdaderos</translation>
    </message>
    <message>
        <source>Try it, and use it if geoseg works in it.</source>
        <translation>Probarlo, y usarlo si geoseg funciona en él.</translation>
    </message>
    <message>
        <source>Try the environment, and make it anew as it was if something is broken.</source>
        <translation>Probar el entorno y, si algo está roto, volver a crearlo como estaba.</translation>
    </message>
    <message>
        <source>Trying geoseg</source>
        <translation>Probando geoseg</translation>
    </message>
    <message>
        <source>Trying the environment</source>
        <translation>Probando el entorno</translation>
    </message>
    <message>
        <source>Updating pip inside the environment</source>
        <translation>Actualizando pip dentro del entorno</translation>
    </message>
    <message>
        <source>Version</source>
        <translation>Versión</translation>
    </message>
    <message>
        <source>Version of geoseg</source>
        <translation>Versión de geoseg</translation>
    </message>
    <message>
        <source>Views</source>
        <translation>Vistas</translation>
    </message>
    <message>
        <source>Warning: {message}</source>
        <translation>Aviso: {message}</translation>
    </message>
    <message>
        <source>Weights</source>
        <translation>Pesos</translation>
    </message>
    <message>
        <source>Weights of your own to start from, in the place of the choice above.</source>
        <translation>Pesos propios de los que partir, en lugar de la elección de arriba.</translation>
    </message>
    <message>
        <source>What a run with these settings will look at, and how long.</source>
        <translation>Qué mirará una ejecución con esta configuración, y cuánto tardará.</translation>
    </message>
    <message>
        <source>What geoseg says while it works.</source>
        <translation>Lo que geoseg dice mientras trabaja.</translation>
    </message>
    <message>
        <source>What is there in truth.</source>
        <translation>Lo que hay en realidad.</translation>
    </message>
    <message>
        <source>What runs the model: ONNX Runtime or Keras. auto takes Keras only for a GPU.</source>
        <translation>Lo que ejecuta el modelo: ONNX Runtime o Keras. auto toma Keras solo para una GPU.</translation>
    </message>
    <message>
        <source>What the buildings were found in, for the pictures of the report; a file.</source>
        <translation>En qué se encontraron los edificios, para las imágenes del informe; un archivo.</translation>
    </message>
    <message>
        <source>What the map shows</source>
        <translation>Lo que muestra el mapa</translation>
    </message>
    <message>
        <source>What was kept is not used: {why}</source>
        <translation>Lo que se había guardado no se usa: {why}</translation>
    </message>
    <message>
        <source>What went wrong</source>
        <translation>Qué salió mal</translation>
    </message>
    <message>
        <source>What will be installed into the environment.</source>
        <translation>Lo que se instalará en el entorno.</translation>
    </message>
    <message>
        <source>Where all buildings are drawn; tiles that touch it are written.</source>
        <translation>Donde están dibujados todos los edificios; se escriben las teselas que lo tocan.</translation>
    </message>
    <message>
        <source>Where all buildings of the raster are drawn. Empty for everywhere.</source>
        <translation>Donde están dibujados todos los edificios del ráster. Vacío para todas partes.</translation>
    </message>
    <message>
        <source>Where the model runs: auto, cpu, gpu, or gpu:N for one of several.</source>
        <translation>Dónde se ejecuta el modelo: auto, cpu, gpu, o gpu:N para una de varias.</translation>
    </message>
    <message>
        <source>Where to look.</source>
        <translation>Dónde mirar.</translation>
    </message>
    <message>
        <source>Which buildings to take, by the field review: those that were accepted or edited, those that were not rejected, or all. A layer without that field has to be exported as all.</source>
        <translation>Qué edificios tomar, según el campo review: los aceptados o editados (accepted), los no rechazados (not rejected) o todos (all). Una capa sin ese campo debe exportarse como all.</translation>
    </message>
    <message>
        <source>Whole layer</source>
        <translation>Toda la capa</translation>
    </message>
    <message>
        <source>Without the internet, a folder of wheels is needed.</source>
        <translation>Sin internet hace falta una carpeta de wheels.</translation>
    </message>
    <message>
        <source>Writes footprints as OSM files for JOSM: neighbours share nodes, buildings with holes are multipolygons, and what would not fit into one upload is split.

The files are marked not to be uploaded as they are. Before an import, discuss it with the local community, look at every building, leave alone what mappers drew, and make sure that the licence of the imagery allows it.</source>
        <translation>Escribe las huellas como archivos OSM para JOSM: los vecinos comparten nodos, los edificios con huecos son multipolígonos, y lo que no cabría en una subida se divide.

Los archivos están marcados para que no se suban tal cual. Antes de una importación, consúltela con la comunidad local, revise cada edificio, respete lo que dibujaron los mapeadores y asegúrese de que la licencia de las imágenes lo permite.</translation>
    </message>
    <message>
        <source>above 0.90: sure</source>
        <translation>más de 0,90: seguro</translation>
    </message>
    <message>
        <source>accepted</source>
        <translation>aceptado</translation>
    </message>
    <message>
        <source>chosen</source>
        <translation>elegido</translation>
    </message>
    <message>
        <source>downloaded by uv</source>
        <translation>descargado por uv</translation>
    </message>
    <message>
        <source>drawn</source>
        <translation>dibujado</translation>
    </message>
    <message>
        <source>edited</source>
        <translation>editado</translation>
    </message>
    <message>
        <source>geoseg</source>
        <translation>geoseg</translation>
    </message>
    <message>
        <source>geoseg (buildings from imagery)</source>
        <translation>geoseg (edificios a partir de imágenes)</translation>
    </message>
    <message>
        <source>geoseg answered something that the plugin does not understand: {what}</source>
        <translation>geoseg respondió algo que el complemento no entiende: {what}</translation>
    </message>
    <message>
        <source>geoseg finds buildings in a Python environment of its own. The Python of QGIS is not touched.</source>
        <translation>geoseg busca edificios en un entorno de Python propio. El Python de QGIS no se toca.</translation>
    </message>
    <message>
        <source>geoseg in a Python of your own</source>
        <translation>geoseg en un Python propio</translation>
    </message>
    <message>
        <source>geoseg is not set up yet.</source>
        <translation>geoseg aún no está configurado.</translation>
    </message>
    <message>
        <source>geoseg is not set up yet. Open the geoseg panel and set it up there, or name a Python that has geoseg in the environment variable GEOSEG_PYTHON.</source>
        <translation>geoseg aún no está configurado. Abra el panel geoseg y configúrelo allí, o indique en la variable de entorno GEOSEG_PYTHON un Python que tenga geoseg.</translation>
    </message>
    <message>
        <source>geoseg runs in a Python environment of its own; set it up, repair or remove it.</source>
        <translation>geoseg funciona en un entorno de Python propio; configúrelo, repárelo o quítelo.</translation>
    </message>
    <message>
        <source>geoseg {version} is ready.</source>
        <translation>geoseg {version} está listo.</translation>
    </message>
    <message>
        <source>geoseg {version}, {kind}</source>
        <translation>geoseg {version}, {kind}</translation>
    </message>
    <message>
        <source>geoseg,building,footprint,roof,house,deep learning,AI,OpenStreetMap</source>
        <translation>geoseg,edificio,huella,tejado,casa,aprendizaje profundo,IA,OpenStreetMap,building,footprint</translation>
    </message>
    <message>
        <source>installed by uv</source>
        <translation>instalado por uv</translation>
    </message>
    <message>
        <source>of Conda</source>
        <translation>de Conda</translation>
    </message>
    <message>
        <source>of the map view</source>
        <translation>de la vista del mapa</translation>
    </message>
    <message>
        <source>of these {duration} to fetch {n} megapixels</source>
        <translation>de ellos {duration} para descargar {n} megapíxeles</translation>
    </message>
    <message>
        <source>on the search path</source>
        <translation>en la ruta de búsqueda</translation>
    </message>
    <message>
        <source>rejected</source>
        <translation>rechazado</translation>
    </message>
    <message>
        <source>to review</source>
        <translation>por revisar</translation>
    </message>
    <message>
        <source>up to 0.50: look closely</source>
        <translation>hasta 0,50: mirar bien</translation>
    </message>
    <message>
        <source>{duration} left</source>
        <translation>faltan {duration}</translation>
    </message>
    <message>
        <source>{file} cannot be read as a raster.</source>
        <translation>{file} no se puede leer como ráster.</translation>
    </message>
    <message>
        <source>{hours} h {minutes} min</source>
        <translation>{hours} h {minutes} min</translation>
    </message>
    <message>
        <source>{name} cannot be copied into a file: {why}</source>
        <translation>{name} no se puede copiar en un archivo: {why}</translation>
    </message>
    <message>
        <source>{name} cannot be copied.</source>
        <translation>{name} no se puede copiar.</translation>
    </message>
    <message>
        <source>{name} cannot be written to {path}: {why}</source>
        <translation>{name} no se puede escribir en {path}: {why}</translation>
    </message>
    <message>
        <source>{name} gave no picture of the area; check the network, and whether the service covers it at this size of pixels.</source>
        <translation>{name} no dio ninguna imagen del área; compruebe la red, y si el servicio la cubre con este tamaño de píxel.</translation>
    </message>
    <message>
        <source>{name} has {width} x {height} pixels at {gsd} m, which is too much to fetch; choose an area.</source>
        <translation>{name} tiene {width} x {height} píxeles a {gsd} m, demasiados para descargarlos; elija un área.</translation>
    </message>
    <message>
        <source>{name} need not be copied.</source>
        <translation>{name} no necesita copiarse.</translation>
    </message>
    <message>
        <source>{name}: the area has {width} x {height} pixels at {gsd} m, which is too much to fetch; choose a smaller one, or larger pixels.</source>
        <translation>{name}: el área tiene {width} x {height} píxeles a {gsd} m, demasiados para descargarlos; elija una menor, o píxeles mayores.</translation>
    </message>
    <message>
        <source>{n} GB</source>
        <translation>{n} GB</translation>
    </message>
    <message>
        <source>{n} MB</source>
        <translation>{n} MB</translation>
    </message>
    <message>
        <source>{n} buildings on {area}, in {duration}.</source>
        <translation>{n} edificios en {area}, en {duration}.</translation>
    </message>
    <message>
        <source>{n} buildings.</source>
        <translation>{n} edificios.</translation>
    </message>
    <message>
        <source>{n} candidates</source>
        <translation>{n} candidatos</translation>
    </message>
    <message>
        <source>{n} found</source>
        <translation>{n} encontrados</translation>
    </message>
    <message>
        <source>{n} h</source>
        <translation>{n} h</translation>
    </message>
    <message>
        <source>{n} km²</source>
        <translation>{n} km²</translation>
    </message>
    <message>
        <source>{n} min</source>
        <translation>{n} min</translation>
    </message>
    <message>
        <source>{n} m²</source>
        <translation>{n} m²</translation>
    </message>
    <message>
        <source>{n} packages will be installed.</source>
        <translation>Se instalarán {n} paquetes.</translation>
    </message>
    <message>
        <source>{n} s</source>
        <translation>{n} s</translation>
    </message>
    <message>
        <source>{size} will be downloaded.</source>
        <translation>Se descargarán {size}.</translation>
    </message>
    <message>
        <source>{tiles} tiles, {area}, {n} megapixels to fetch</source>
        <translation>{tiles} teselas, {area}, {n} megapíxeles por descargar</translation>
    </message>
    <message>
        <source>{tiles} tiles, {area}: about {duration}</source>
        <translation>{tiles} teselas, {area}: unos {duration}</translation>
    </message>
    <message>
        <source>{what} must be a program; there is none at {path}.</source>
        <translation>{what} debe ser un programa; no hay ninguno en {path}.</translation>
    </message>
    <message>
        <source>{what}: about {duration} and the time to fetch</source>
        <translation>{what}: unos {duration} y el tiempo de descarga</translation>
    </message>
    <message>
        <source>{width} x {height} pixels will be fetched, about {mb} MB on the disk; this may take long, and some services do not allow so much.</source>
        <translation>Se descargarán {width} x {height} píxeles, unos {mb} MB en el disco; puede tardar mucho, y algunos servicios no permiten tanto.</translation>
    </message>
</context>
</TS>
