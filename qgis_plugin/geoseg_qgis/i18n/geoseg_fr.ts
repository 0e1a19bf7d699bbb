<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="fr" sourcelanguage="en">
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
        <translation>&amp;Ajouter un fichier raster…</translation>
    </message>
    <message>
        <source>&amp;Back</source>
        <translation>&amp;Précédent</translation>
    </message>
    <message>
        <source>&amp;Cancel</source>
        <translation>&amp;Annuler</translation>
    </message>
    <message>
        <source>&amp;Continue</source>
        <translation>&amp;Continuer</translation>
    </message>
    <message>
        <source>&amp;Copy report</source>
        <translation>&amp;Copier le rapport</translation>
    </message>
    <message>
        <source>&amp;Draw a rectangle</source>
        <translation>&amp;Dessiner un rectangle</translation>
    </message>
    <message>
        <source>&amp;Find buildings</source>
        <translation>&amp;Rechercher les bâtiments</translation>
    </message>
    <message>
        <source>&amp;Install</source>
        <translation>&amp;Installer</translation>
    </message>
    <message>
        <source>&amp;Make an environment (recommended)</source>
        <translation>&amp;Créer un environnement (recommandé)</translation>
    </message>
    <message>
        <source>&amp;Model's default</source>
        <translation>Celui du m&amp;odèle</translation>
    </message>
    <message>
        <source>&amp;OpenStreetMap file for JOSM</source>
        <translation>Fichier &amp;OpenStreetMap pour JOSM</translation>
    </message>
    <message>
        <source>&amp;Python</source>
        <translation>&amp;Python</translation>
    </message>
    <message>
        <source>&amp;Raster layer</source>
        <translation>Couche &amp;raster</translation>
    </message>
    <message>
        <source>&amp;Repair</source>
        <translation>&amp;Réparer</translation>
    </message>
    <message>
        <source>&amp;Report, without your name, folders and passwords</source>
        <translation>&amp;Rapport, sans votre nom, vos dossiers ni vos mots de passe</translation>
    </message>
    <message>
        <source>&amp;Use a Python that has geoseg already</source>
        <translation>&amp;Utiliser un Python qui a déjà geoseg</translation>
    </message>
    <message>
        <source>&amp;Use this Python</source>
        <translation>&amp;Utiliser ce Python</translation>
    </message>
    <message>
        <source>&amp;Views of each place</source>
        <translation>&amp;Vues de chaque endroit</translation>
    </message>
    <message>
        <source>&amp;Zoom to result</source>
        <translation>&amp;Zoomer sur le résultat</translation>
    </message>
    <message>
        <source>0.50 to 0.65: doubtful</source>
        <translation>0,50 à 0,65 : douteux</translation>
    </message>
    <message>
        <source>0.65 to 0.80: fair</source>
        <translation>0,65 à 0,80 : acceptable</translation>
    </message>
    <message>
        <source>0.80 to 0.90: good</source>
        <translation>0,80 à 0,90 : bon</translation>
    </message>
    <message>
        <source>300 is what the bundled model was trained with.</source>
        <translation>Le modèle fourni a été entraîné avec 300.</translation>
    </message>
    <message>
        <source>A Python that was not found by itself; it is tried first.</source>
        <translation>Un Python qui n'a pas été trouvé automatiquement ; il est essayé d'abord.</translation>
    </message>
    <message>
        <source>A building of which less lies in a tile is left out of that tile.</source>
        <translation>Un bâtiment dont une moindre part est dans une tuile est laissé de côté dans cette tuile.</translation>
    </message>
    <message>
        <source>A file of weights to find buildings with; empty for the model that geoseg brings.</source>
        <translation>Un fichier de poids avec lequel rechercher les bâtiments ; vide pour le modèle fourni avec geoseg.</translation>
    </message>
    <message>
        <source>A file that JOSM opens, marked not to be uploaded as it is: look at every building, and discuss an import first.</source>
        <translation>Un fichier que JOSM ouvre, marqué comme à ne pas envoyer tel quel : examinez chaque bâtiment et discutez d'abord de l'import.</translation>
    </message>
    <message>
        <source>A file with all attributes in the CRS of the raster; the best to go on with.</source>
        <translation>Un fichier avec tous les attributs dans le SCR du raster ; le meilleur choix pour continuer à travailler.</translation>
    </message>
    <message>
        <source>A folder of .whl files, taken before what a package index has.</source>
        <translation>Un dossier de fichiers .whl, préférés à ce qu'offre un index de paquets.</translation>
    </message>
    <message>
        <source>A folder of tiles must hold annotation.json; {path} does not.</source>
        <translation>Un dossier de tuiles doit contenir annotation.json ; {path} ne le contient pas.</translation>
    </message>
    <message>
        <source>A layer has no field “review”, and keeps its colours by score.</source>
        <translation>Une couche n'a pas de champ « review » et garde ses couleurs par score.</translation>
    </message>
    <message>
        <source>A layer must have a CRS; {name} has none.</source>
        <translation>Une couche doit avoir un SCR ; {name} n'en a pas.</translation>
    </message>
    <message>
        <source>A page with scores, charts and pictures, which needs no other file.</source>
        <translation>Une page avec valeurs, graphiques et images, qui n'a besoin d'aucun autre fichier.</translation>
    </message>
    <message>
        <source>A raster and its buildings belong together; one of them is missing.</source>
        <translation>Un raster et ses bâtiments vont ensemble ; l'un des deux manque.</translation>
    </message>
    <message>
        <source>A raster file with labels, instead of tiles or besides them.</source>
        <translation>Un fichier raster étiqueté, au lieu des tuiles ou en plus.</translation>
    </message>
    <message>
        <source>A text file in longitude and latitude, for the web and other programs.</source>
        <translation>Un fichier texte en longitude et latitude, pour le web et d'autres programmes.</translation>
    </message>
    <message>
        <source>Add a raster file</source>
        <translation>Ajouter un fichier raster</translation>
    </message>
    <message>
        <source>Add a raster file to the project</source>
        <translation>Ajouter un fichier raster au projet</translation>
    </message>
    <message>
        <source>Add a raster file to the project, to look for buildings in</source>
        <translation>Ajouter au projet un fichier raster dans lequel rechercher des bâtiments</translation>
    </message>
    <message>
        <source>All files</source>
        <translation>Tous les fichiers</translation>
    </message>
    <message>
        <source>Also written: {files}</source>
        <translation>Également écrit : {files}</translation>
    </message>
    <message>
        <source>An&amp;other Python</source>
        <translation>Un &amp;autre Python</translation>
    </message>
    <message>
        <source>Ar&amp;ea</source>
        <translation>&amp;Zone</translation>
    </message>
    <message>
        <source>Area</source>
        <translation>Zone</translation>
    </message>
    <message>
        <source>Area looked at, km2</source>
        <translation>Surface examinée, km2</translation>
    </message>
    <message>
        <source>Area: {problem}</source>
        <translation>Zone : {problem}</translation>
    </message>
    <message>
        <source>As a rectangle; leave it empty for everything.</source>
        <translation>Comme un rectangle ; laisser vide pour tout.</translation>
    </message>
    <message>
        <source>As found</source>
        <translation>Tel que trouvé</translation>
    </message>
    <message>
        <source>As polygons, in any CRS; instead of an extent.</source>
        <translation>Comme des polygones, dans n'importe quel SCR ; au lieu d'une emprise.</translation>
    </message>
    <message>
        <source>Asking how large they are</source>
        <translation>Demande de leur taille</translation>
    </message>
    <message>
        <source>At least {size} will be downloaded; the size of {n} is not known.</source>
        <translation>Au moins {size} seront téléchargés ; la taille de {n} n'est pas connue.</translation>
    </message>
    <message>
        <source>Average precision</source>
        <translation>Précision moyenne (AP)</translation>
    </message>
    <message>
        <source>Bands</source>
        <translation>Bandes</translation>
    </message>
    <message>
        <source>Bands must be one number or three, such as 4,3,2; got {bands}.</source>
        <translation>Les bandes doivent être un nombre ou trois, comme 4,3,2 ; reçu : {bands}.</translation>
    </message>
    <message>
        <source>Batch size</source>
        <translation>Taille du lot</translation>
    </message>
    <message>
        <source>Boundary IoU</source>
        <translation>Boundary IoU</translation>
    </message>
    <message>
        <source>Building footprints found by geoseg {version} with the model {model}. They were found by a program: each has a score from 0 to 1, and none was looked at by a person yet.</source>
        <translation>Emprises de bâtiments trouvées par geoseg {version} avec le modèle {model}. Elles ont été trouvées par un programme : chacune a un score de 0 à 1, et aucune n'a encore été examinée par une personne.</translation>
    </message>
    <message>
        <source>Buildings</source>
        <translation>Bâtiments</translation>
    </message>
    <message>
        <source>Buildings found</source>
        <translation>Bâtiments trouvés</translation>
    </message>
    <message>
        <source>Buildings in {raster}</source>
        <translation>Bâtiments dans {raster}</translation>
    </message>
    <message>
        <source>Buildings left out</source>
        <translation>Bâtiments laissés de côté</translation>
    </message>
    <message>
        <source>Buildings of {raster}, {time}</source>
        <translation>Bâtiments de {raster}, {time}</translation>
    </message>
    <message>
        <source>Buildings with a lower score are dropped: higher means fewer mistakes and more buildings that are missed. Empty for the value that suits the model.</source>
        <translation>Les bâtiments de score inférieur sont écartés : plus haut signifie moins d'erreurs et plus de bâtiments manqués. Vide pour la valeur qui convient au modèle.</translation>
    </message>
    <message>
        <source>Buildings with a lower score are left out. Empty to take every score.</source>
        <translation>Les bâtiments de score inférieur sont laissés de côté. Vide pour prendre tous les scores.</translation>
    </message>
    <message>
        <source>C-IoU</source>
        <translation>C-IoU</translation>
    </message>
    <message>
        <source>CSV files (*.csv)</source>
        <translation>Fichiers CSV (*.csv)</translation>
    </message>
    <message>
        <source>Ca&amp;ncel</source>
        <translation>A&amp;nnuler</translation>
    </message>
    <message>
        <source>Cancelled.</source>
        <translation>Annulé.</translation>
    </message>
    <message>
        <source>Cancelled. {n} buildings that were found stay on the map.</source>
        <translation>Annulé. {n} bâtiments trouvés restent sur la carte.</translation>
    </message>
    <message>
        <source>Cancelling…</source>
        <translation>Annulation…</translation>
    </message>
    <message>
        <source>Choose a Python</source>
        <translation>Choisir un Python</translation>
    </message>
    <message>
        <source>Choose a Python that has geoseg.</source>
        <translation>Choisissez un Python qui a geoseg.</translation>
    </message>
    <message>
        <source>Choose a file.</source>
        <translation>Choisissez un fichier.</translation>
    </message>
    <message>
        <source>Choose a raster layer.</source>
        <translation>Choisissez une couche raster.</translation>
    </message>
    <message>
        <source>Choose at least one result.</source>
        <translation>Choisissez au moins un résultat.</translation>
    </message>
    <message>
        <source>Choose model weights</source>
        <translation>Choisir les poids du modèle</translation>
    </message>
    <message>
        <source>Choose the folder of wheels</source>
        <translation>Choisir le dossier de wheels</translation>
    </message>
    <message>
        <source>Colour the buildings by how sure the model is, or by what you have decided about them in the field “review”.</source>
        <translation>Colorer les bâtiments selon la certitude du modèle, ou selon ce que vous avez décidé dans le champ « review ».</translation>
    </message>
    <message>
        <source>Colours by review</source>
        <translation>Couleurs par vérification</translation>
    </message>
    <message>
        <source>Colours by score</source>
        <translation>Couleurs par score</translation>
    </message>
    <message>
        <source>Copy the log</source>
        <translation>Copier le journal</translation>
    </message>
    <message>
        <source>Copy the report, to paste it into a bug report.</source>
        <translation>Copier le rapport, pour le coller dans un rapport d'anomalie.</translation>
    </message>
    <message>
        <source>Cuts a raster into georeferenced tiles for labelling or for training: images/ (GeoTIFF), annotation.json (COCO) and tiles.gpkg (an index).

With labels, give the area in which all buildings are drawn: a building that is missing there teaches the model that it is none.</source>
        <translation>Découpe un raster en tuiles géoréférencées pour l'étiquetage ou l'entraînement : images/ (GeoTIFF), annotation.json (COCO) et tiles.gpkg (un index).

Avec des étiquettes, indiquez la zone dans laquelle tous les bâtiments sont dessinés : un bâtiment qui y manque apprend au modèle qu'il n'en est pas un.</translation>
    </message>
    <message>
        <source>Date of the raster</source>
        <translation>Date du raster</translation>
    </message>
    <message>
        <source>Delete the environment and free the disk.</source>
        <translation>Supprimer l'environnement et libérer le disque.</translation>
    </message>
    <message>
        <source>Details</source>
        <translation>Détails</translation>
    </message>
    <message>
        <source>Device</source>
        <translation>Périphérique</translation>
    </message>
    <message>
        <source>Device must be auto, cpu, gpu or gpu:N; got {device}.</source>
        <translation>Le périphérique doit être auto, cpu, gpu ou gpu:N ; reçu : {device}.</translation>
    </message>
    <message>
        <source>Do without the &amp;internet</source>
        <translation>Se passer d'&amp;internet</translation>
    </message>
    <message>
        <source>Download and install what is listed.</source>
        <translation>Télécharger et installer ce qui est listé.</translation>
    </message>
    <message>
        <source>Downloading and installing packages</source>
        <translation>Téléchargement et installation des paquets</translation>
    </message>
    <message>
        <source>Drag a rectangle over the map with the mouse.</source>
        <translation>Tracez un rectangle sur la carte avec la souris.</translation>
    </message>
    <message>
        <source>Drawing the buildings</source>
        <translation>Dessin des bâtiments</translation>
    </message>
    <message>
        <source>Empty the log</source>
        <translation>Vider le journal</translation>
    </message>
    <message>
        <source>Engine</source>
        <translation>Moteur</translation>
    </message>
    <message>
        <source>Estimate again</source>
        <translation>Refaire l'estimation</translation>
    </message>
    <message>
        <source>Estimating</source>
        <translation>Estimation</translation>
    </message>
    <message>
        <source>Estimating…</source>
        <translation>Estimation…</translation>
    </message>
    <message>
        <source>Evaluate buildings</source>
        <translation>Évaluer les bâtiments</translation>
    </message>
    <message>
        <source>Export OSM</source>
        <translation>Exporter vers OSM</translation>
    </message>
    <message>
        <source>Extent</source>
        <translation>Emprise</translation>
    </message>
    <message>
        <source>Extract buildings</source>
        <translation>Extraire les bâtiments</translation>
    </message>
    <message>
        <source>F&amp;older of wheels</source>
        <translation>D&amp;ossier de wheels</translation>
    </message>
    <message>
        <source>F1</source>
        <translation>F1</translation>
    </message>
    <message>
        <source>Fetching the imagery</source>
        <translation>Téléchargement des images</translation>
    </message>
    <message>
        <source>File of weights, such as a training gives. Empty for the bundled model.</source>
        <translation>Fichier de poids, tel que le donne un entraînement. Vide pour le modèle fourni.</translation>
    </message>
    <message>
        <source>File to write. Of many buildings there are several files, with numbers.</source>
        <translation>Fichier à écrire. Pour beaucoup de bâtiments, il y a plusieurs fichiers numérotés.</translation>
    </message>
    <message>
        <source>Files, one a line</source>
        <translation>Fichiers, un par ligne</translation>
    </message>
    <message>
        <source>Find buildings</source>
        <translation>Rechercher les bâtiments</translation>
    </message>
    <message>
        <source>Find buildings in aerial imagery</source>
        <translation>Rechercher les bâtiments dans des images aériennes</translation>
    </message>
    <message>
        <source>Finding out which packages are needed</source>
        <translation>Recherche des paquets nécessaires</translation>
    </message>
    <message>
        <source>Finds buildings and trains models, with TensorFlow. About 3 GB on the disk.</source>
        <translation>Recherche les bâtiments et entraîne des modèles, avec TensorFlow. Environ 3 Go sur le disque.</translation>
    </message>
    <message>
        <source>Finds buildings, with ONNX Runtime. About 1 GB on the disk.</source>
        <translation>Recherche les bâtiments, avec ONNX Runtime. Environ 1 Go sur le disque.</translation>
    </message>
    <message>
        <source>Finds the buildings in aerial or satellite imagery and writes their footprints, each with a score from 0 to 1 and its area in square metres.

The raster may be a file or a service (XYZ, WMS, WMTS); of a service, the part inside the extent or area is fetched first. Pixels of 0.15 to 0.4 m work best. A run that was cancelled goes on where it stopped if it is started again with the same parameters and a result that is not temporary.

The program does not know whether the licence of the imagery allows what you want to do with the footprints.</source>
        <translation>Recherche les bâtiments dans des images aériennes ou satellitaires et écrit leurs emprises, chacune avec un score de 0 à 1 et sa surface en mètres carrés.

Le raster peut être un fichier ou un service (XYZ, WMS, WMTS) ; d'un service, la partie à l'intérieur de l'emprise ou de la zone est d'abord téléchargée. Des pixels de 0,15 à 0,4 m conviennent le mieux. Une exécution annulée reprend là où elle s'est arrêtée si elle est relancée avec les mêmes paramètres et un résultat qui n'est pas temporaire.

Le programme ne sait pas si la licence des images permet ce que vous voulez faire des emprises.</translation>
    </message>
    <message>
        <source>Folder for the tiles, new or empty.</source>
        <translation>Dossier pour les tuiles, nouveau ou vide.</translation>
    </message>
    <message>
        <source>Folder of the run</source>
        <translation>Dossier de l'exécution</translation>
    </message>
    <message>
        <source>Folder of tiles</source>
        <translation>Dossier de tuiles</translation>
    </message>
    <message>
        <source>Footprints to judge; with a field score, the best are matched first.</source>
        <translation>Emprises à juger ; avec un champ score, les meilleures sont appariées en premier.</translation>
    </message>
    <message>
        <source>Footprints, in any CRS.</source>
        <translation>Emprises, dans n'importe quel SCR.</translation>
    </message>
    <message>
        <source>For those who have installed geoseg themselves.</source>
        <translation>Pour ceux qui ont installé geoseg eux-mêmes.</translation>
    </message>
    <message>
        <source>Full</source>
        <translation>Complet</translation>
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
        <translation>Indiquez une emprise ou une zone, pas les deux.</translation>
    </message>
    <message>
        <source>Give the whole path of the file.</source>
        <translation>Indiquez le chemin complet du fichier.</translation>
    </message>
    <message>
        <source>Go on</source>
        <translation>Reprendre</translation>
    </message>
    <message>
        <source>Go on with the run in the folder, which was interrupted.</source>
        <translation>Reprendre l'exécution interrompue du dossier.</translation>
    </message>
    <message>
        <source>Goes on training the bundled model, or another one, with your own labels: a folder that Tile raster with labels has made, or a raster with the buildings that you drew on it and the area in which they are complete. The weights that come of it are what Extract buildings takes as its model.

Training needs the full set-up with TensorFlow, and time: hours without a GPU. One that was cancelled goes on if Go on is ticked.</source>
        <translation>Poursuit l'entraînement du modèle fourni, ou d'un autre, avec vos propres étiquettes : un dossier créé par « Découper un raster étiqueté en tuiles », ou un raster avec les bâtiments que vous y avez dessinés et la zone dans laquelle ils sont complets. Les poids obtenus sont ceux que « Extraire les bâtiments » prend comme modèle.

L'entraînement demande la configuration complète avec TensorFlow, et du temps : des heures sans GPU. Un entraînement annulé reprend si « Reprendre » est coché.</translation>
    </message>
    <message>
        <source>Going on after {done} of {total} parts.</source>
        <translation>Reprise après {done} parties sur {total}.</translation>
    </message>
    <message>
        <source>HTML files (*.html)</source>
        <translation>Fichiers HTML (*.html)</translation>
    </message>
    <message>
        <source>How far a simplified outline may be from the detected one: larger gives fewer vertices.</source>
        <translation>De combien un contour simplifié peut s'écarter du contour détecté : plus grand donne moins de sommets.</translation>
    </message>
    <message>
        <source>How far an outline may be from what was detected, metres on the ground. More gives straighter walls and fewer corners.</source>
        <translation>De combien un contour peut s'écarter de ce qui a été détecté, en mètres au sol. Une valeur plus grande donne des murs plus droits et moins de sommets.</translation>
    </message>
    <message>
        <source>How far the search for buildings is.</source>
        <translation>Où en est la recherche des bâtiments.</translation>
    </message>
    <message>
        <source>How far this step is.</source>
        <translation>Où en est cette étape.</translation>
    </message>
    <message>
        <source>How long to train. A step looks at as many samples as the batch size says.</source>
        <translation>Combien de temps entraîner. Une étape regarde autant d'exemples que l'indique la taille du lot.</translation>
    </message>
    <message>
        <source>How often each place is looked at, mirrored and turned: more is better, and as much slower.</source>
        <translation>Combien de fois chaque endroit est regardé, en miroir et tourné : plus est mieux, et d'autant plus lent.</translation>
    </message>
    <message>
        <source>How sure the model has to be of a building, 0 to 1. Lower finds more buildings, and more that are none.</source>
        <translation>Degré de certitude exigé du modèle pour un bâtiment, de 0 à 1. Une valeur plus basse trouve plus de bâtiments, et plus de faux.</translation>
    </message>
    <message>
        <source>Imagery</source>
        <translation>Images</translation>
    </message>
    <message>
        <source>In use: geoseg {version}, {kind}, in {folder}</source>
        <translation>Utilisé : geoseg {version}, {kind}, dans {folder}</translation>
    </message>
    <message>
        <source>In use: the Python {path}</source>
        <translation>Utilisé : le Python {path}</translation>
    </message>
    <message>
        <source>Install geoseg into a folder of its own, beside the settings of QGIS.</source>
        <translation>Installer geoseg dans un dossier à part, à côté des paramètres de QGIS.</translation>
    </message>
    <message>
        <source>Installing geoseg</source>
        <translation>Installation de geoseg</translation>
    </message>
    <message>
        <source>Intersection over union that two outlines need to be the same building.</source>
        <translation>Intersection sur union nécessaire pour que deux contours soient le même bâtiment.</translation>
    </message>
    <message>
        <source>Keep the buildings in a layer in memory, which is gone when the project is closed.</source>
        <translation>Garder les bâtiments dans une couche en mémoire, qui disparaît à la fermeture du projet.</translation>
    </message>
    <message>
        <source>Kind of installation</source>
        <translation>Type d'installation</translation>
    </message>
    <message>
        <source>Labelled tiles of other places; the weights that do best on them are kept.</source>
        <translation>Tuiles étiquetées d'autres lieux ; les poids qui y réussissent le mieux sont gardés.</translation>
    </message>
    <message>
        <source>Labelled tiles: a folder with images/ and annotation.json.</source>
        <translation>Tuiles étiquetées : un dossier avec images/ et annotation.json.</translation>
    </message>
    <message>
        <source>Layer of the area's polygons</source>
        <translation>Couche des polygones de la zone</translation>
    </message>
    <message>
        <source>Least &amp;ground area</source>
        <translation>Surface mini&amp;male</translation>
    </message>
    <message>
        <source>Least &amp;score</source>
        <translation>&amp;Score minimal</translation>
    </message>
    <message>
        <source>Least IoU of a match</source>
        <translation>IoU minimale d'un appariement</translation>
    </message>
    <message>
        <source>Least area, square metres</source>
        <translation>Surface minimale, mètres carrés</translation>
    </message>
    <message>
        <source>Least score</source>
        <translation>Score minimal</translation>
    </message>
    <message>
        <source>Least visible share</source>
        <translation>Part visible minimale</translation>
    </message>
    <message>
        <source>Leave out polygons that are not selected.</source>
        <translation>Laisser de côté les polygones non sélectionnés.</translation>
    </message>
    <message>
        <source>Light</source>
        <translation>Léger</translation>
    </message>
    <message>
        <source>Log</source>
        <translation>Journal</translation>
    </message>
    <message>
        <source>Look at every place so often, mirrored and turned: finds buildings better, and takes as many times longer.</source>
        <translation>Regarder chaque endroit autant de fois, en miroir et tourné : trouve mieux les bâtiments et prend autant de fois plus de temps.</translation>
    </message>
    <message>
        <source>Look for Pythons again</source>
        <translation>Rechercher à nouveau les Python</translation>
    </message>
    <message>
        <source>Look for buildings in the background.</source>
        <translation>Rechercher les bâtiments en arrière-plan.</translation>
    </message>
    <message>
        <source>Looking at the imagery</source>
        <translation>Examen des images</translation>
    </message>
    <message>
        <source>Looking for Pythons</source>
        <translation>Recherche des Python</translation>
    </message>
    <message>
        <source>Looking for Pythons…</source>
        <translation>Recherche des Python…</translation>
    </message>
    <message>
        <source>Making an empty environment</source>
        <translation>Création d'un environnement vide</translation>
    </message>
    <message>
        <source>Matches</source>
        <translation>Appariements</translation>
    </message>
    <message>
        <source>Matches footprints one to one with true ones, the best score first, and tells precision, recall and F1, and how well the outlines of the matches follow the truth: IoU, C-IoU, boundary IoU, PoLiS, splits and merges.

The two layers may be in different CRSs. Give the area in which the true buildings are complete, or everything outside of it counts as a mistake.</source>
        <translation>Apparie les emprises une à une avec les vraies, le meilleur score d'abord, et donne précision, rappel et F1, et à quel point les contours appariés suivent la vérité : IoU, C-IoU, boundary IoU, PoLiS, divisions et fusions.

Les deux couches peuvent avoir des SCR différents. Indiquez la zone dans laquelle les vrais bâtiments sont complets, sinon tout ce qui est en dehors compte comme une erreur.</translation>
    </message>
    <message>
        <source>Mean IoU of the matches</source>
        <translation>IoU moyenne des appariements</translation>
    </message>
    <message>
        <source>Merges</source>
        <translation>Fusions</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>Modèle</translation>
    </message>
    <message>
        <source>Model &amp;weights</source>
        <translation>&amp;Poids du modèle</translation>
    </message>
    <message>
        <source>Model weights</source>
        <translation>Poids du modèle</translation>
    </message>
    <message>
        <source>Model weights: {problem}</source>
        <translation>Poids du modèle : {problem}</translation>
    </message>
    <message>
        <source>More</source>
        <translation>Plus</translation>
    </message>
    <message>
        <source>New folder for settings, log, checkpoints and the weights, model.npz.</source>
        <translation>Nouveau dossier pour paramètres, journal, points de reprise et les poids, model.npz.</translation>
    </message>
    <message>
        <source>No buildings were found. A lower score may find some.</source>
        <translation>Aucun bâtiment n'a été trouvé. Un score plus bas en trouvera peut-être.</translation>
    </message>
    <message>
        <source>No estimate: {message}</source>
        <translation>Pas d'estimation : {message}</translation>
    </message>
    <message>
        <source>No feature of the layer is selected.</source>
        <translation>Aucune entité de la couche n'est sélectionnée.</translation>
    </message>
    <message>
        <source>No rectangle is drawn yet.</source>
        <translation>Aucun rectangle n'est encore dessiné.</translation>
    </message>
    <message>
        <source>None found</source>
        <translation>Aucun trouvé</translation>
    </message>
    <message>
        <source>Nothing has to be downloaded.</source>
        <translation>Il n'y a rien à télécharger.</translation>
    </message>
    <message>
        <source>Nothing is selected in the layer {name}.</source>
        <translation>Rien n'est sélectionné dans la couche {name}.</translation>
    </message>
    <message>
        <source>Number of buildings</source>
        <translation>Nombre de bâtiments</translation>
    </message>
    <message>
        <source>Number of labels</source>
        <translation>Nombre d'étiquettes</translation>
    </message>
    <message>
        <source>Number of tiles</source>
        <translation>Nombre de tuiles</translation>
    </message>
    <message>
        <source>Numbers of the bands for red, green and blue, such as 4,3,2; one number for grey. Empty for the bands that the raster calls so, otherwise the first three.</source>
        <translation>Numéros des bandes pour rouge, vert et bleu, comme 4,3,2 ; un numéro pour le gris. Vide pour les bandes que le raster nomme ainsi, sinon les trois premières.</translation>
    </message>
    <message>
        <source>One line for each building, with its partner.</source>
        <translation>Une ligne pour chaque bâtiment, avec son partenaire.</translation>
    </message>
    <message>
        <source>Only buildings with their centre in these polygons count, on both sides.</source>
        <translation>Seuls comptent les bâtiments dont le centre est dans ces polygones, des deux côtés.</translation>
    </message>
    <message>
        <source>Only what lies inside its polygons is looked at.</source>
        <translation>Seul ce qui est à l'intérieur de ses polygones est examiné.</translation>
    </message>
    <message>
        <source>OpenStreetMap file</source>
        <translation>Fichier OpenStreetMap</translation>
    </message>
    <message>
        <source>OpenStreetMap files (*.osm)</source>
        <translation>Fichiers OpenStreetMap (*.osm)</translation>
    </message>
    <message>
        <source>Opening the buildings</source>
        <translation>Ouverture des bâtiments</translation>
    </message>
    <message>
        <source>Outline &amp;tolerance</source>
        <translation>&amp;Tolérance</translation>
    </message>
    <message>
        <source>Outlines of buildings, in any CRS. Without them the tiles have no labels.</source>
        <translation>Contours de bâtiments, dans n'importe quel SCR. Sans eux, les tuiles n'ont pas d'étiquettes.</translation>
    </message>
    <message>
        <source>Outlines of the buildings on the raster, in any CRS.</source>
        <translation>Contours des bâtiments du raster, dans n'importe quel SCR.</translation>
    </message>
    <message>
        <source>Overlap, pixels</source>
        <translation>Recouvrement, pixels</translation>
    </message>
    <message>
        <source>Package</source>
        <translation>Paquet</translation>
    </message>
    <message>
        <source>Packages</source>
        <translation>Paquets</translation>
    </message>
    <message>
        <source>Packages from a folder</source>
        <translation>Paquets d'un dossier</translation>
    </message>
    <message>
        <source>Pixel size, metres</source>
        <translation>Taille des pixels, mètres</translation>
    </message>
    <message>
        <source>Pixels that two neighbouring tiles of 300 x 300 share.</source>
        <translation>Pixels que partagent deux tuiles voisines de 300 x 300.</translation>
    </message>
    <message>
        <source>Pixels that two neighbouring tiles share; less than the side of a tile.</source>
        <translation>Pixels que partagent deux tuiles voisines ; moins que le côté d'une tuile.</translation>
    </message>
    <message>
        <source>PoLiS, metres</source>
        <translation>PoLiS, mètres</translation>
    </message>
    <message>
        <source>Polygons of a layer</source>
        <translation>Polygones d'une couche</translation>
    </message>
    <message>
        <source>Precision</source>
        <translation>Précision</translation>
    </message>
    <message>
        <source>Preparing geoseg</source>
        <translation>Préparation de geoseg</translation>
    </message>
    <message>
        <source>Press the arrow to measure; a small part is fetched for that.</source>
        <translation>Cliquez sur la flèche pour mesurer ; une petite partie est téléchargée pour cela.</translation>
    </message>
    <message>
        <source>Progress</source>
        <translation>Progression</translation>
    </message>
    <message>
        <source>Python {version}, downloaded by uv</source>
        <translation>Python {version}, téléchargé par uv</translation>
    </message>
    <message>
        <source>Python {version}, {origin}: {path}</source>
        <translation>Python {version}, {origin} : {path}</translation>
    </message>
    <message>
        <source>Raster</source>
        <translation>Raster</translation>
    </message>
    <message>
        <source>Read it before you pass it on.</source>
        <translation>Lisez-le avant de le transmettre.</translation>
    </message>
    <message>
        <source>Recall</source>
        <translation>Rappel</translation>
    </message>
    <message>
        <source>Rectangle drawn on the map</source>
        <translation>Rectangle dessiné sur la carte</translation>
    </message>
    <message>
        <source>Remo&amp;ve…</source>
        <translation>&amp;Supprimer…</translation>
    </message>
    <message>
        <source>Remove geoseg</source>
        <translation>Supprimer geoseg</translation>
    </message>
    <message>
        <source>Remove the environment of geoseg? It can be made again at any time.</source>
        <translation>Supprimer l'environnement de geoseg ? Il peut être recréé à tout moment.</translation>
    </message>
    <message>
        <source>Removing</source>
        <translation>Suppression</translation>
    </message>
    <message>
        <source>Removing geoseg</source>
        <translation>Suppression de geoseg</translation>
    </message>
    <message>
        <source>Repairing geoseg</source>
        <translation>Réparation de geoseg</translation>
    </message>
    <message>
        <source>Replace files</source>
        <translation>Remplacer des fichiers</translation>
    </message>
    <message>
        <source>Replace them?</source>
        <translation>Les remplacer ?</translation>
    </message>
    <message>
        <source>Report</source>
        <translation>Rapport</translation>
    </message>
    <message>
        <source>Result</source>
        <translation>Résultat</translation>
    </message>
    <message>
        <source>Result: {problem}</source>
        <translation>Résultat : {problem}</translation>
    </message>
    <message>
        <source>Review</source>
        <translation>Vérification</translation>
    </message>
    <message>
        <source>Reviewed as</source>
        <translation>Vérifié comme</translation>
    </message>
    <message>
        <source>Rules for imports into OpenStreetMap apply: discuss it first, look at every building, and check the licence of the imagery.</source>
        <translation>Les règles des imports dans OpenStreetMap s'appliquent : discutez-en d'abord, examinez chaque bâtiment et vérifiez la licence des images.</translation>
    </message>
    <message>
        <source>Run of</source>
        <translation>Exécution du</translation>
    </message>
    <message>
        <source>SHA-256 of the weights</source>
        <translation>SHA-256 des poids</translation>
    </message>
    <message>
        <source>Samples in a step: more need more memory. Empty for the usual value.</source>
        <translation>Exemples par étape : plus demandent plus de mémoire. Vide pour la valeur habituelle.</translation>
    </message>
    <message>
        <source>Save the buildings</source>
        <translation>Enregistrer les bâtiments</translation>
    </message>
    <message>
        <source>Se&amp;lected features only</source>
        <translation>Entités sé&amp;lectionnées uniquement</translation>
    </message>
    <message>
        <source>Se&amp;lected features only ({count})</source>
        <translation>Entités sé&amp;lectionnées uniquement ({count})</translation>
    </message>
    <message>
        <source>Seconds</source>
        <translation>Secondes</translation>
    </message>
    <message>
        <source>Set &amp;up…</source>
        <translation>Con&amp;figurer…</translation>
    </message>
    <message>
        <source>Set up geoseg</source>
        <translation>Configurer geoseg</translation>
    </message>
    <message>
        <source>Show all buildings that were found on the map.</source>
        <translation>Montrer sur la carte tous les bâtiments trouvés.</translation>
    </message>
    <message>
        <source>Show the log, and a report that can be copied.</source>
        <translation>Afficher le journal, et un rapport à copier.</translation>
    </message>
    <message>
        <source>Show what will be downloaded; nothing is installed yet.</source>
        <translation>Montrer ce qui sera téléchargé ; rien n'est encore installé.</translation>
    </message>
    <message>
        <source>Side of a tile, pixels</source>
        <translation>Côté d'une tuile, pixels</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>Taille</translation>
    </message>
    <message>
        <source>Size of the tiles' pixels on the ground. Empty for the raster's own pixels.</source>
        <translation>Taille au sol des pixels des tuiles. Vide pour les pixels du raster lui-même.</translation>
    </message>
    <message>
        <source>Smaller buildings are dropped. True area on the ground, whatever the CRS.</source>
        <translation>Les bâtiments plus petits sont écartés. Surface réelle au sol, quel que soit le SCR.</translation>
    </message>
    <message>
        <source>Smaller buildings are left out, square metres.</source>
        <translation>Les bâtiments plus petits sont laissés de côté, en mètres carrés.</translation>
    </message>
    <message>
        <source>Smaller buildings are left out.</source>
        <translation>Les bâtiments plus petits sont laissés de côté.</translation>
    </message>
    <message>
        <source>Something unforeseen happened: {error}</source>
        <translation>Un problème imprévu s'est produit : {error}</translation>
    </message>
    <message>
        <source>Splits</source>
        <translation>Divisions</translation>
    </message>
    <message>
        <source>Start from</source>
        <translation>Partir de</translation>
    </message>
    <message>
        <source>Start from a file</source>
        <translation>Partir d'un fichier</translation>
    </message>
    <message>
        <source>Starting…</source>
        <translation>Démarrage…</translation>
    </message>
    <message>
        <source>Steps</source>
        <translation>Étapes</translation>
    </message>
    <message>
        <source>Steps done</source>
        <translation>Étapes faites</translation>
    </message>
    <message>
        <source>Still in use, and removed later:</source>
        <translation>Encore utilisé, supprimé plus tard :</translation>
    </message>
    <message>
        <source>Stop. What was found so far stays on the map, and the next run can go on from it.</source>
        <translation>Arrêter. Ce qui a été trouvé reste sur la carte, et la prochaine exécution peut reprendre à partir de là.</translation>
    </message>
    <message>
        <source>Stop; what was in use stays in use.</source>
        <translation>Arrêter ; ce qui était utilisé le reste.</translation>
    </message>
    <message>
        <source>Style of the result</source>
        <translation>Style du résultat</translation>
    </message>
    <message>
        <source>Table of buildings</source>
        <translation>Table des bâtiments</translation>
    </message>
    <message>
        <source>Take packages from this folder and from nowhere else.</source>
        <translation>Prendre les paquets de ce dossier et de nulle part ailleurs.</translation>
    </message>
    <message>
        <source>Take the score at which the model is best on the whole.</source>
        <translation>Prendre le score auquel le modèle est le meilleur dans l'ensemble.</translation>
    </message>
    <message>
        <source>Temporar&amp;y layer</source>
        <translation>Couche &amp;temporaire</translation>
    </message>
    <message>
        <source>The Python chosen in the settings of geoseg</source>
        <translation>Le Python choisi dans les paramètres de geoseg</translation>
    </message>
    <message>
        <source>The Python program of an environment that has geoseg in it.</source>
        <translation>Le programme Python d'un environnement qui contient geoseg.</translation>
    </message>
    <message>
        <source>The Python that the environment is made with: 3.10, 3.11 or 3.12, 64 bit.</source>
        <translation>Le Python avec lequel l'environnement est créé : 3.10, 3.11 ou 3.12, 64 bits.</translation>
    </message>
    <message>
        <source>The area belongs to a raster; there is none.</source>
        <translation>La zone va avec un raster ; il n'y en a pas.</translation>
    </message>
    <message>
        <source>The area cannot be written to {path}: {why}</source>
        <translation>La zone ne peut pas être écrite dans {path} : {why}</translation>
    </message>
    <message>
        <source>The area is outside the raster.</source>
        <translation>La zone est en dehors du raster.</translation>
    </message>
    <message>
        <source>The area must be a polygon layer; {name} is none.</source>
        <translation>La zone doit être une couche de polygones ; {name} n'en est pas une.</translation>
    </message>
    <message>
        <source>The area must have a CRS; {name} has none.</source>
        <translation>La zone doit avoir un SCR ; {name} n'en a pas.</translation>
    </message>
    <message>
        <source>The area must touch the raster; {name} lies elsewhere.</source>
        <translation>La zone doit toucher le raster ; {name} est ailleurs.</translation>
    </message>
    <message>
        <source>The area {name} holds no polygon.</source>
        <translation>La zone {name} ne contient aucun polygone.</translation>
    </message>
    <message>
        <source>The area {name} is empty.</source>
        <translation>La zone {name} est vide.</translation>
    </message>
    <message>
        <source>The area {name} reaches to where {crs} is not defined.</source>
        <translation>La zone {name} s'étend là où {crs} n'est pas défini.</translation>
    </message>
    <message>
        <source>The bundled model</source>
        <translation>Le modèle fourni</translation>
    </message>
    <message>
        <source>The bundled model, a network that knows photographs (imagenet), or nothing.</source>
        <translation>Le modèle fourni, un réseau qui connaît des photographies (imagenet), ou rien.</translation>
    </message>
    <message>
        <source>The environment was removed.</source>
        <translation>L'environnement a été supprimé.</translation>
    </message>
    <message>
        <source>The environment will take about {size}; {free} are free.</source>
        <translation>L'environnement prendra environ {size} ; {free} sont libres.</translation>
    </message>
    <message>
        <source>The file to write. You are asked before a file is replaced.</source>
        <translation>Le fichier à écrire. Une confirmation est demandée avant de remplacer un fichier.</translation>
    </message>
    <message>
        <source>The folder of the result must be new or empty; {path} is not.</source>
        <translation>Le dossier du résultat doit être nouveau ou vide ; {path} ne l'est pas.</translation>
    </message>
    <message>
        <source>The folder of the result must exist; there is none at {path}.</source>
        <translation>Le dossier du résultat doit exister ; il n'y en a pas à {path}.</translation>
    </message>
    <message>
        <source>The folder of wheels is not there.</source>
        <translation>Le dossier de wheels n'existe pas.</translation>
    </message>
    <message>
        <source>The footprints; the ending of the file chooses the format.</source>
        <translation>Les emprises ; l'extension du fichier choisit le format.</translation>
    </message>
    <message>
        <source>The image in which buildings are looked for: a file, or a map or tile service.</source>
        <translation>L'image dans laquelle les bâtiments sont recherchés : un fichier, ou un service de cartes ou de tuiles.</translation>
    </message>
    <message>
        <source>The imagery of a report must be a file; {name} is a service.</source>
        <translation>Les images d'un rapport doivent être un fichier ; {name} est un service.</translation>
    </message>
    <message>
        <source>The layer has no coordinate reference system.</source>
        <translation>La couche n'a pas de système de coordonnées de référence.</translation>
    </message>
    <message>
        <source>The layer has no polygons.</source>
        <translation>La couche n'a pas de polygones.</translation>
    </message>
    <message>
        <source>The layer {name} cannot be read.</source>
        <translation>La couche {name} ne peut pas être lue.</translation>
    </message>
    <message>
        <source>The layer {name} has no field review; choose all to export it as it is.</source>
        <translation>La couche {name} n'a pas de champ review ; choisissez « all » pour l'exporter telle quelle.</translation>
    </message>
    <message>
        <source>The layer {name} has no field score; leave the least score empty.</source>
        <translation>La couche {name} n'a pas de champ score ; laissez le score minimal vide.</translation>
    </message>
    <message>
        <source>The licence of the imagery is not known to geoseg. It may restrict what may be done with footprints that were drawn from it.</source>
        <translation>geoseg ne connaît pas la licence des images. Elle peut restreindre ce qu'il est permis de faire des emprises qui en sont tirées.</translation>
    </message>
    <message>
        <source>The name of the OpenStreetMap file must end in .osm; got {file}.</source>
        <translation>Le nom du fichier OpenStreetMap doit finir par .osm ; reçu : {file}.</translation>
    </message>
    <message>
        <source>The name of the result must end in .osm; got {file}.</source>
        <translation>Le nom du résultat doit finir par .osm ; reçu : {file}.</translation>
    </message>
    <message>
        <source>The name of the result must end in one of {endings}; got {file}.</source>
        <translation>Le nom du résultat doit finir par un de {endings} ; reçu : {file}.</translation>
    </message>
    <message>
        <source>The overlap must be less than a tile; got {overlap} and {side}.</source>
        <translation>Le recouvrement doit être inférieur à une tuile ; reçu : {overlap} et {side}.</translation>
    </message>
    <message>
        <source>The part of the raster in which buildings are looked for.</source>
        <translation>La partie du raster dans laquelle les bâtiments sont recherchés.</translation>
    </message>
    <message>
        <source>The path of a raster to train on must have no comma; got {path}.</source>
        <translation>Le chemin d'un raster d'entraînement ne doit pas avoir de virgule ; reçu : {path}.</translation>
    </message>
    <message>
        <source>The place of {name} on the ground is not known.</source>
        <translation>La position de {name} au sol n'est pas connue.</translation>
    </message>
    <message>
        <source>The project has no polygon layer.</source>
        <translation>Le projet n'a pas de couche de polygones.</translation>
    </message>
    <message>
        <source>The project has no raster layer yet. Add an aerial image to begin with.</source>
        <translation>Le projet n'a pas encore de couche raster. Ajoutez d'abord une image aérienne.</translation>
    </message>
    <message>
        <source>The raster cannot be used.</source>
        <translation>Le raster ne peut pas être utilisé.</translation>
    </message>
    <message>
        <source>The raster layer {name} cannot be read.</source>
        <translation>La couche raster {name} ne peut pas être lue.</translation>
    </message>
    <message>
        <source>The raster must have a CRS; set that of {name} in its properties.</source>
        <translation>Le raster doit avoir un SCR ; définissez celui de {name} dans ses propriétés.</translation>
    </message>
    <message>
        <source>The raster to cut.</source>
        <translation>Le raster à découper.</translation>
    </message>
    <message>
        <source>The raster to look at: any bands and bit depth, in any CRS.</source>
        <translation>Le raster à examiner : bandes et profondeur quelconques, dans n'importe quel SCR.</translation>
    </message>
    <message>
        <source>The raster {name} cannot be read.</source>
        <translation>Le raster {name} ne peut pas être lu.</translation>
    </message>
    <message>
        <source>The result must be a folder; {path} is a file.</source>
        <translation>Le résultat doit être un dossier ; {path} est un fichier.</translation>
    </message>
    <message>
        <source>The result must not replace the raster itself.</source>
        <translation>Le résultat ne doit pas remplacer le raster lui-même.</translation>
    </message>
    <message>
        <source>The same buildings for JOSM, marked not to be uploaded as they are; several files if there are many.</source>
        <translation>Les mêmes bâtiments pour JOSM, marqués comme à ne pas envoyer tels quels ; plusieurs fichiers s'ils sont nombreux.</translation>
    </message>
    <message>
        <source>The size on the ground of the pixels that the imagery is looked at with. Empty for that of the model.</source>
        <translation>La taille au sol des pixels avec lesquels les images sont examinées. Vide pour celle du modèle.</translation>
    </message>
    <message>
        <source>Their layers are removed from the project.</source>
        <translation>Leurs couches sont retirées du projet.</translation>
    </message>
    <message>
        <source>There are no weights at {path}.</source>
        <translation>Il n'y a pas de poids à {path}.</translation>
    </message>
    <message>
        <source>There is no Python to make the environment with.</source>
        <translation>Il n'y a pas de Python avec lequel créer l'environnement.</translation>
    </message>
    <message>
        <source>There is no model {file}.</source>
        <translation>Il n'y a pas de modèle {file}.</translation>
    </message>
    <message>
        <source>There is no such file.</source>
        <translation>Ce fichier n'existe pas.</translation>
    </message>
    <message>
        <source>There is no such folder.</source>
        <translation>Ce dossier n'existe pas.</translation>
    </message>
    <message>
        <source>There is not enough room on the disk.</source>
        <translation>Il n'y a pas assez de place sur le disque.</translation>
    </message>
    <message>
        <source>There must be something to learn from: a folder of tiles, or a raster.</source>
        <translation>Il faut de quoi apprendre : un dossier de tuiles, ou un raster.</translation>
    </message>
    <message>
        <source>These files are there already:</source>
        <translation>Ces fichiers existent déjà :</translation>
    </message>
    <message>
        <source>This Python cannot tell beforehand what will be downloaded.</source>
        <translation>Ce Python ne peut pas dire à l'avance ce qui sera téléchargé.</translation>
    </message>
    <message>
        <source>This cannot be written.</source>
        <translation>Ceci ne peut pas être écrit.</translation>
    </message>
    <message>
        <source>This is a folder.</source>
        <translation>C'est un dossier.</translation>
    </message>
    <message>
        <source>This is the raster itself.</source>
        <translation>C'est le raster lui-même.</translation>
    </message>
    <message>
        <source>Tile raster with labels</source>
        <translation>Découper un raster étiqueté en tuiles</translation>
    </message>
    <message>
        <source>Tiles</source>
        <translation>Tuiles</translation>
    </message>
    <message>
        <source>Tiles looked at</source>
        <translation>Tuiles examinées</translation>
    </message>
    <message>
        <source>Tiles to score on</source>
        <translation>Tuiles pour évaluer</translation>
    </message>
    <message>
        <source>Tiles without data</source>
        <translation>Tuiles sans données</translation>
    </message>
    <message>
        <source>Tolerance, metres</source>
        <translation>Tolérance, mètres</translation>
    </message>
    <message>
        <source>Train model</source>
        <translation>Entraîner un modèle</translation>
    </message>
    <message>
        <source>Training</source>
        <translation>Entraînement</translation>
    </message>
    <message>
        <source>True buildings</source>
        <translation>Vrais bâtiments</translation>
    </message>
    <message>
        <source>Try it, and use it if geoseg works in it.</source>
        <translation>L'essayer, et l'utiliser si geoseg y fonctionne.</translation>
    </message>
    <message>
        <source>Try the environment, and make it anew as it was if something is broken.</source>
        <translation>Essayer l'environnement, et le refaire tel qu'il était si quelque chose est cassé.</translation>
    </message>
    <message>
        <source>Trying geoseg</source>
        <translation>Essai de geoseg</translation>
    </message>
    <message>
        <source>Trying the environment</source>
        <translation>Essai de l'environnement</translation>
    </message>
    <message>
        <source>Updating pip inside the environment</source>
        <translation>Mise à jour de pip dans l'environnement</translation>
    </message>
    <message>
        <source>Version</source>
        <translation>Version</translation>
    </message>
    <message>
        <source>Version of geoseg</source>
        <translation>Version de geoseg</translation>
    </message>
    <message>
        <source>Views</source>
        <translation>Vues</translation>
    </message>
    <message>
        <source>Warning: {message}</source>
        <translation>Avertissement : {message}</translation>
    </message>
    <message>
        <source>Weights</source>
        <translation>Poids</translation>
    </message>
    <message>
        <source>Weights of your own to start from, in the place of the choice above.</source>
        <translation>Vos propres poids dont partir, à la place du choix ci-dessus.</translation>
    </message>
    <message>
        <source>What a run with these settings will look at, and how long.</source>
        <translation>Ce qu'une exécution avec ces paramètres examinera, et en combien de temps.</translation>
    </message>
    <message>
        <source>What geoseg says while it works.</source>
        <translation>Ce que geoseg dit pendant son travail.</translation>
    </message>
    <message>
        <source>What is there in truth.</source>
        <translation>Ce qu'il y a en vérité.</translation>
    </message>
    <message>
        <source>What runs the model: ONNX Runtime or Keras. auto takes Keras only for a GPU.</source>
        <translation>Ce qui exécute le modèle : ONNX Runtime ou Keras. auto ne prend Keras que pour un GPU.</translation>
    </message>
    <message>
        <source>What the buildings were found in, for the pictures of the report; a file.</source>
        <translation>Ce dans quoi les bâtiments ont été trouvés, pour les images du rapport ; un fichier.</translation>
    </message>
    <message>
        <source>What the map shows</source>
        <translation>Ce que montre la carte</translation>
    </message>
    <message>
        <source>What was kept is not used: {why}</source>
        <translation>Ce qui avait été gardé n'est pas utilisé : {why}</translation>
    </message>
    <message>
        <source>What went wrong</source>
        <translation>Ce qui n'a pas marché</translation>
    </message>
    <message>
        <source>What will be installed into the environment.</source>
        <translation>Ce qui sera installé dans l'environnement.</translation>
    </message>
    <message>
        <source>Where all buildings are drawn; tiles that touch it are written.</source>
        <translation>Là où tous les bâtiments sont dessinés ; les tuiles qui la touchent sont écrites.</translation>
    </message>
    <message>
        <source>Where all buildings of the raster are drawn. Empty for everywhere.</source>
        <translation>Là où tous les bâtiments du raster sont dessinés. Vide pour partout.</translation>
    </message>
    <message>
        <source>Where the model runs: auto, cpu, gpu, or gpu:N for one of several.</source>
        <translation>Où le modèle s'exécute : auto, cpu, gpu, ou gpu:N pour l'un de plusieurs.</translation>
    </message>
    <message>
        <source>Where to look.</source>
        <translation>Où regarder.</translation>
    </message>
    <message>
        <source>Which buildings to take, by the field review: those that were accepted or edited, those that were not rejected, or all. A layer without that field has to be exported as all.</source>
        <translation>Quels bâtiments prendre, selon le champ review : ceux acceptés ou modifiés (accepted), ceux non rejetés (not rejected), ou tous (all). Une couche sans ce champ doit être exportée comme all.</translation>
    </message>
    <message>
        <source>Whole layer</source>
        <translation>Toute la couche</translation>
    </message>
    <message>
        <source>Without the internet, a folder of wheels is needed.</source>
        <translation>Sans internet, un dossier de wheels est nécessaire.</translation>
    </message>
    <message>
        <source>Writes footprints as OSM files for JOSM: neighbours share nodes, buildings with holes are multipolygons, and what would not fit into one upload is split.

The files are marked not to be uploaded as they are. Before an import, discuss it with the local community, look at every building, leave alone what mappers drew, and make sure that the licence of the imagery allows it.</source>
        <translation>Écrit les emprises en fichiers OSM pour JOSM : les voisins partagent leurs nœuds, les bâtiments troués sont des multipolygones, et ce qui ne tiendrait pas dans un envoi est divisé.

Les fichiers sont marqués comme à ne pas envoyer tels quels. Avant un import, discutez-en avec la communauté locale, examinez chaque bâtiment, laissez intact ce que les contributeurs ont dessiné, et assurez-vous que la licence des images le permet.</translation>
    </message>
    <message>
        <source>above 0.90: sure</source>
        <translation>au-dessus de 0,90 : sûr</translation>
    </message>
    <message>
        <source>accepted</source>
        <translation>accepté</translation>
    </message>
    <message>
        <source>chosen</source>
        <translation>choisi</translation>
    </message>
    <message>
        <source>downloaded by uv</source>
        <translation>téléchargé par uv</translation>
    </message>
    <message>
        <source>drawn</source>
        <translation>dessiné</translation>
    </message>
    <message>
        <source>edited</source>
        <translation>modifié</translation>
    </message>
    <message>
        <source>geoseg</source>
        <translation>geoseg</translation>
    </message>
    <message>
        <source>geoseg (buildings from imagery)</source>
        <translation>geoseg (bâtiments à partir d'images)</translation>
    </message>
    <message>
        <source>geoseg answered something that the plugin does not understand: {what}</source>
        <translation>geoseg a répondu quelque chose que l'extension ne comprend pas : {what}</translation>
    </message>
    <message>
        <source>geoseg finds buildings in a Python environment of its own. The Python of QGIS is not touched.</source>
        <translation>geoseg recherche les bâtiments dans un environnement Python à part. Le Python de QGIS n'est pas touché.</translation>
    </message>
    <message>
        <source>geoseg in a Python of your own</source>
        <translation>geoseg dans votre propre Python</translation>
    </message>
    <message>
        <source>geoseg is not set up yet.</source>
        <translation>geoseg n'est pas encore configuré.</translation>
    </message>
    <message>
        <source>geoseg is not set up yet. Open the geoseg panel and set it up there, or name a Python that has geoseg in the environment variable GEOSEG_PYTHON.</source>
        <translation>geoseg n'est pas encore configuré. Ouvrez le panneau geoseg et configurez-le, ou indiquez dans la variable d'environnement GEOSEG_PYTHON un Python qui a geoseg.</translation>
    </message>
    <message>
        <source>geoseg runs in a Python environment of its own; set it up, repair or remove it.</source>
        <translation>geoseg fonctionne dans un environnement Python à part ; il peut être configuré, réparé ou supprimé.</translation>
    </message>
    <message>
        <source>geoseg {version} is ready.</source>
        <translation>geoseg {version} est prêt.</translation>
    </message>
    <message>
        <source>geoseg {version}, {kind}</source>
        <translation>geoseg {version}, {kind}</translation>
    </message>
    <message>
        <source>geoseg,building,footprint,roof,house,deep learning,AI,OpenStreetMap</source>
        <translation>geoseg,bâtiment,emprise,toit,maison,apprentissage profond,IA,OpenStreetMap,building,footprint</translation>
    </message>
    <message>
        <source>installed by uv</source>
        <translation>installé par uv</translation>
    </message>
    <message>
        <source>of Conda</source>
        <translation>de Conda</translation>
    </message>
    <message>
        <source>of the map view</source>
        <translation>de la vue de la carte</translation>
    </message>
    <message>
        <source>of these {duration} to fetch {n} megapixels</source>
        <translation>dont {duration} pour télécharger {n} mégapixels</translation>
    </message>
    <message>
        <source>on the search path</source>
        <translation>dans le chemin de recherche</translation>
    </message>
    <message>
        <source>rejected</source>
        <translation>rejeté</translation>
    </message>
    <message>
        <source>to review</source>
        <translation>à vérifier</translation>
    </message>
    <message>
        <source>up to 0.50: look closely</source>
        <translation>jusqu'à 0,50 : à regarder de près</translation>
    </message>
    <message>
        <source>{duration} left</source>
        <translation>encore {duration}</translation>
    </message>
    <message>
        <source>{file} cannot be read as a raster.</source>
        <translation>{file} ne peut pas être lu comme raster.</translation>
    </message>
    <message>
        <source>{hours} h {minutes} min</source>
        <translation>{hours} h {minutes} min</translation>
    </message>
    <message>
        <source>{name} cannot be copied into a file: {why}</source>
        <translation>{name} ne peut pas être copié dans un fichier : {why}</translation>
    </message>
    <message>
        <source>{name} cannot be copied.</source>
        <translation>{name} ne peut pas être copié.</translation>
    </message>
    <message>
        <source>{name} cannot be written to {path}: {why}</source>
        <translation>{name} ne peut pas être écrit dans {path} : {why}</translation>
    </message>
    <message>
        <source>{name} gave no picture of the area; check the network, and whether the service covers it at this size of pixels.</source>
        <translation>{name} n'a donné aucune image de la zone ; vérifiez le réseau, et si le service la couvre à cette taille de pixel.</translation>
    </message>
    <message>
        <source>{name} has {width} x {height} pixels at {gsd} m, which is too much to fetch; choose an area.</source>
        <translation>{name} a {width} x {height} pixels à {gsd} m, trop pour être téléchargés ; choisissez une zone.</translation>
    </message>
    <message>
        <source>{name} need not be copied.</source>
        <translation>{name} n'a pas besoin d'être copié.</translation>
    </message>
    <message>
        <source>{name}: the area has {width} x {height} pixels at {gsd} m, which is too much to fetch; choose a smaller one, or larger pixels.</source>
        <translation>{name} : la zone a {width} x {height} pixels à {gsd} m, trop pour être téléchargés ; choisissez-en une plus petite, ou des pixels plus grands.</translation>
    </message>
    <message>
        <source>{n} GB</source>
        <translation>{n} Go</translation>
    </message>
    <message>
        <source>{n} MB</source>
        <translation>{n} Mo</translation>
    </message>
    <message>
        <source>{n} buildings on {area}, in {duration}.</source>
        <translation>{n} bâtiments sur {area}, en {duration}.</translation>
    </message>
    <message>
        <source>{n} buildings.</source>
        <translation>{n} bâtiments.</translation>
    </message>
    <message>
        <source>{n} candidates</source>
        <translation>{n} candidats</translation>
    </message>
    <message>
        <source>{n} found</source>
        <translation>{n} trouvés</translation>
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
        <translation>{n} paquets seront installés.</translation>
    </message>
    <message>
        <source>{n} s</source>
        <translation>{n} s</translation>
    </message>
    <message>
        <source>{size} will be downloaded.</source>
        <translation>{size} seront téléchargés.</translation>
    </message>
    <message>
        <source>{tiles} tiles, {area}, {n} megapixels to fetch</source>
        <translation>{tiles} tuiles, {area}, {n} mégapixels à télécharger</translation>
    </message>
    <message>
        <source>{tiles} tiles, {area}: about {duration}</source>
        <translation>{tiles} tuiles, {area} : environ {duration}</translation>
    </message>
    <message>
        <source>{what} must be a program; there is none at {path}.</source>
        <translation>{what} doit être un programme ; il n'y en a pas à {path}.</translation>
    </message>
    <message>
        <source>{what}: about {duration} and the time to fetch</source>
        <translation>{what} : environ {duration} et le temps de téléchargement</translation>
    </message>
    <message>
        <source>{width} x {height} pixels will be fetched, about {mb} MB on the disk; this may take long, and some services do not allow so much.</source>
        <translation>{width} x {height} pixels seront téléchargés, environ {mb} Mo sur le disque ; cela peut prendre longtemps, et certains services ne permettent pas autant.</translation>
    </message>
</context>
</TS>
